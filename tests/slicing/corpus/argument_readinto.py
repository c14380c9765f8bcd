# target: buffer
import io

buffer = bytearray(4)
source = io.BytesIO(b"abcdefgh")
n = source.readinto(buffer)
rest = source.read()
print(n, rest)

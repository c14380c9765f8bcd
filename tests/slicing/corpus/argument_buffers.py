# target: part, whole
import io

stream = io.BytesIO(b"hello")
buffer = bytearray(3)
stream.readinto(buffer)
part = bytes(buffer)
memory = stream.getbuffer()
memory[4] = 33
whole = stream.getvalue()

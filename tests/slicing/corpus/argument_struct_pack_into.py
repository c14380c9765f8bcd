# target: buffer
import struct

buffer = bytearray(8)
other = bytearray(4)
struct.pack_into("<I", buffer, 0, 258)
struct.pack_into("<I", other, 0, 1)
memoryview(buffer)[4] = 255
size = struct.calcsize("<I")
print(size, other)

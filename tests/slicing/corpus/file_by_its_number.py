# target: written, temporary, end, mapped
import mmap
import os
import tempfile

number = os.open("d.txt", os.O_CREAT | os.O_WRONLY)
os.write(number, b"x")
os.close(number)
written = open("d.txt").read()
descriptor, path = tempfile.mkstemp()
with os.fdopen(descriptor, "w") as stream:
    stream.write("hi")
temporary = open(path).read()
reading, writing = os.pipe()
os.write(writing, b"abc")
start = os.read(reading, 1)
end = os.read(reading, 2)
with open("a.txt", "w") as text:
    text.write("abc")
with open("a.txt", "r+b") as text:
    memory = mmap.mmap(text.fileno(), 0)
    memory[0:1] = b"Q"
    memory.close()
mapped = open("a.txt").read()

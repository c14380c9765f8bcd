# target: rest, place, line, left, number, second, numbers
import csv
import io
import pickle
import struct

text = io.StringIO("a,b\n1,2\n3,4\n")
header = next(csv.reader(text))
rest = text.read()
rows = io.StringIO("a,b\n1,2\n3,4\n")
known = list(csv.DictReader(rows))
place = rows.tell()
named = io.StringIO("a,b\n1,2\n3,4\n")
names = csv.DictReader(named).fieldnames
line = named.readline()
with open("d.csv", "w") as file:
    file.write("a,b\n1,2\n3,4\n")
with open("d.csv") as file:
    lines = csv.reader(file)
    first = next(lines)
    left = file.read()
numbers = bytearray(struct.pack("<ii", 5, 6))
pairs = struct.iter_unpack("<i", numbers)
skipped = next(pairs)
number = next(pairs)[0]
struct.Struct("<B").pack_into(numbers, 1, 9)
stream = io.BytesIO()
writer = pickle.Pickler(stream)
writer.dump([1])
writer.dump([2])
stream.seek(0)
loader = pickle.Unpickler(stream)
unused = loader.load()
second = loader.load()

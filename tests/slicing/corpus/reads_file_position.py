# target: second
with open("text.txt", "w") as out:
    out.write("abcdefghij")
f = open("text.txt")
first = f.read(3)
size = len(first)
second = f.read(3)
f.close()
print(size)

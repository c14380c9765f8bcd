# target: content
with open("n.txt", "w+") as f:
    f.write("hello world")
    f.seek(6)
    f.write("WORLD")
    f.seek(0)
    first = f.read(5)
with open("m.txt", "w") as f:
    f.write(first)
content = open("n.txt").read()

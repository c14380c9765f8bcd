# target: content
with open("in.txt", "w") as f, open("log.txt", "w") as log:
    f.write("hello")
    log.write("started")
with open("in.txt") as src, open("out.txt", "w") as dst:
    dst.write(src.read().upper())
content = open("out.txt").read()
size = len(open("log.txt").read())
print(size)

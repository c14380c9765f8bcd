# target: text
import os

os.makedirs("work")
with open("note.txt", "w") as f:
    f.write("outside")
os.chdir("work")
with open("note.txt", "w") as f:
    f.write("inside")
size = os.path.getsize("note.txt")
with open("note.txt") as f:
    text = f.read()
print(size)

# target: text
import os
import shutil

with open("a.txt", "w") as f:
    f.write("content")
with open("z.txt", "w") as f:
    f.write("zzz")
shutil.copy("a.txt", "b.txt")
os.rename("b.txt", "c.txt")
os.remove("z.txt")
text = open("c.txt").read()
names = sorted(os.listdir("."))
print(names)

# target: count
import glob

for n in range(3):
    with open(f"part-{n}.txt", "w") as f:
        f.write("x")
with open("other.log", "w") as f:
    f.write("y")
count = len(glob.glob("part-*.txt"))
names = sorted(glob.glob("*"))
print(names)

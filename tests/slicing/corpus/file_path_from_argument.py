# target: sizes
import os

base = "out"
os.makedirs(base, exist_ok=True)
names = {"x": 3, "y": 5}
for name, n in names.items():
    with open(os.path.join(base, name + ".bin"), "wb") as f:
        f.write(b"0" * n)
progress = "done"
sizes = {e.name: e.stat().st_size for e in sorted(os.scandir(base), key=lambda e: e.name)}
print(progress)

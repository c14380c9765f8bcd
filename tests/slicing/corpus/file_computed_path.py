# target: content
from pathlib import Path

folder = Path("out")
folder.mkdir()
names = ["a", "b"]
for name in names:
    (folder / f"{name}.txt").write_text(name * 3)
count = len(names)
content = "".join(sorted(p.read_text() for p in folder.glob("*.txt")))
print(count)

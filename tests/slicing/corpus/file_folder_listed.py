# target: before, names, paths, found, linked
import os
from pathlib import Path

before = os.listdir(".")
with open("b.txt", "w") as stream:
    stream.write("x")
names = sorted(os.listdir())
Path("a.txt").touch()
paths = sorted(path.name for path in Path(".").iterdir())
Path("c.txt").write_text("log")
found = sorted(path.name for path in Path.cwd().glob("*.txt"))
Path("link").symlink_to("c.txt")
linked = Path("link").read_text()

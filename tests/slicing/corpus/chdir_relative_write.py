# target: found
import os
from pathlib import Path

start = os.getcwd()
Path("sub").mkdir()
os.chdir("sub")
Path("inside.txt").write_text("x")
os.chdir(start)
Path("outside.txt").write_text("y")
found = Path("sub/inside.txt").read_text()
count = len(list(Path(".").iterdir()))
print(count)

# target: first, second, third, fourth, fifth, sixth
import os
from pathlib import Path

Path("a.txt").write_text("draft")
first = Path("a.txt").read_text()
Path("a.txt").write_text("final")
second = open("a.txt").read()
with open("b.txt", "w") as file:
    file.write("one\n")
with open("b.txt", "a") as file:
    file.write("two\n")
third = Path("b.txt").read_text()
with open("b.txt", "w") as file:
    file.write("three\n")
with open("b.txt", "r+") as file:
    file.seek(0, 2)
    file.write("four\n")
fourth = Path("b.txt").read_text()
target = Path("c.txt")
target.write_text("old")
os.symlink("c.txt", "link.txt")
opened = open("c.txt", "w").close() if len(first) > 100 else None
fifth = target.read_text()
for n in range(0):
    target.write_text("never")
[open("c.txt", "w") for n in range(0)]
if len(first) > 100:
    Path("c.txt").write_text("never")
sixth = Path("link.txt").read_text()

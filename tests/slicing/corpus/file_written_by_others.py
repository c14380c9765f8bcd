# target: kept, entry, marked, made
import dbm.dumb
import fileinput
import runpy
import shelve
from pathlib import Path

shelf = shelve.open("db")
shelf["a"] = [1]
shelf.close()
kept = shelve.open("db")["a"]
keys = dbm.dumb.open("db2", "c")
keys["a"] = "1"
keys.close()
entry = dbm.dumb.open("db2", "r")["a"]
Path("s.py").write_text("X = 5\nopen('made.txt', 'w').write('q')\n")
names = runpy.run_path("s.py")
made = Path("made.txt").read_text()
with open("a.txt", "w") as text:
    text.write("1\n2\n")
for line in fileinput.input("a.txt", inplace=True):
    print(line.strip() + "!")
marked = open("a.txt").read()

# target: second
import importlib
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, ".")
Path("conf.py").write_text("LEVEL = 1\n")
import conf

first = conf.LEVEL
Path("conf.py").write_text("LEVEL = 2\n")
Path("note.txt").write_text("unrelated")
importlib.invalidate_caches()
importlib.reload(conf)
second = conf.LEVEL
print(first)

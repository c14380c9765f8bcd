# target: answer
import sys
from pathlib import Path

Path("lib").mkdir()
Path("lib/helper_mod.py").write_text("VALUE = 20\ndef twice(x):\n    return 2 * x\n")
sys.path.insert(0, "lib")
import helper_mod

loaded = helper_mod.__name__
answer = helper_mod.twice(helper_mod.VALUE) + 2
print(loaded)

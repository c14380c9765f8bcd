# target: value
import random
import sys
from pathlib import Path

sys.path.insert(0, ".")
Path("dice_mod.py").write_text("import random\n\n\ndef roll():\n    return random.randint(1, 10**6)\n")
import dice_mod

random.seed(4)
first = dice_mod.roll()
size = len(str(first))
value = dice_mod.roll()
print(size)

# target: listed, counted, rate, other, hits, ran, side, registered, plain, words, known, set_rate, shown, summed
import keyword
import os
import sys
from pathlib import Path

sys.path.insert(0, ".")
Path("helper.py").write_text(
    "REG = []\nRATE = 0\ndef add(x):\n    REG.append(x)\ndef double(x):\n    return x * 2\n"
)
import helper
from helper import REG, add

helper.add(3)
listed = list(helper.REG)
REG.append(4)
add(5)
counted = len(helper.REG)
plain = helper.double(4)
helper.RATE = 7
set_rate = helper.RATE

Path("settings.py").write_text(
    "OPT = {'lr': 1}\ndef configure(**k):\n    OPT.update(k)\ndef lr():\n    return OPT['lr']\n"
)
import settings
from settings import configure, lr

settings.configure(lr=5)
rate = settings.lr()
configure(lr=6)
other = lr()

Path("tracker.py").write_text(
    "class T:\n    seen = []\n    def hit(self, x):\n        T.seen.append(x)\n"
)
from tracker import T

tracked = T()
tracked.hit(1)
hits = len(T().seen)

Path("steps.py").write_text(
    "STEPS = []\ndef step(f):\n    STEPS.append(f)\n    return f\n"
    "def run(x):\n    for s in STEPS:\n        x = s(x)\n    return x\n"
)
import steps


@steps.step
def increased(x):
    return x + 1


@steps.step
def doubled(x):
    return x * 2


ran = steps.run(3)

Path("side.py").write_text("import os\nos.environ['SIDE'] = '1'\n")
import side as _

side = os.environ["SIDE"]

Path("registry.py").write_text("R = {}\n")
Path("plugin.py").write_text("import registry\nregistry.R['p'] = 1\n")
import registry
import plugin

registered = registry.R

Path("stock.py").write_text(
    "ITEMS = []\ndef items():\n    return ITEMS\ndef total():\n    return sum(ITEMS)\n"
)
import stock

mine = stock.items()
mine.append(3)
summed = stock.total()

keyword.kwlist.append("words")
words = len(keyword.kwlist)
from keyword import kwlist

kwlist.append("more")
known = "more" in keyword.kwlist
shown = [increased(1), doubled(2)]

# target: kept
import os
from contextlib import suppress

kept = []
with suppress(FileNotFoundError):
    kept.append("try")
    os.remove("nothing_here.txt")
    kept.append("never")
with suppress(ValueError):
    number = int("z")
print(len(kept))

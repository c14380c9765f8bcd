# target: joined
import os.path as p
from collections import OrderedDict as OD, Counter
from math import *

table = OD(a=1)
counter = Counter("aab")
root = sqrt(16)
joined = p.join("a", "b")
print(table, counter, root)

# target: level
import sys

me = sys.modules[__name__]
setattr(me, "level", 3)
setattr(me, "unused", 1)
print(unused)
level = level + 1

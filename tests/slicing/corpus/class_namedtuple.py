# target: moved
from collections import namedtuple

Point = namedtuple("Point", "x y")
Size = namedtuple("Size", ["w", "h"])
p = Point(1, 2)
s = Size(3, 4)
moved = p._replace(x=p.x + 10)
area = s.w * s.h
print(area)

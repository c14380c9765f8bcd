# target: copied
import copy
import copyreg


class Point:
    def __init__(self, x):
        self.x = x


plain = copy.copy(Point(1)).x
copyreg.pickle(Point, lambda p: (Point, (p.x * 100,)))
copied = copy.copy(Point(2)).x
label = f"{plain}"
print(label)

# target: loaded, deep
import copy
import copyreg
import pickle


class Point:
    def __init__(self, x):
        self.x = x


def again(x):
    return Point(x)


first = pickle.loads(pickle.dumps([1]))
copyreg.pickle(Point, lambda p: (again, (p.x * 10,)))
loaded = [pickle.loads(pickle.dumps(Point(n))).x for n in first]
deep = copy.deepcopy([Point(2)])[0].x
print(loaded)

# target: restored
import pickle


class Point:
    made = 0

    def __init__(self, x):
        self.x = x
        Point.made += 1


p = Point(3)
q = Point(4)
blob = pickle.dumps(p)
p.x = 99
restored = pickle.loads(blob)
print(q.x)

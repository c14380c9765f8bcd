# target: out
import types


class Robot:
    def __init__(self, n):
        self.n = n

    def act(self):
        return self.n


r = Robot(3)
s = Robot(4)
plain = s.act()
r.act = types.MethodType(lambda self: self.n * 100, r)
out = r.act()
print(plain)

# target: result
class Person:
    def __init__(self, name):
        self.name = name

    def hello(self):
        return "hello " + self.name


class Robot:
    def hello(self):
        return "beep " + self.name


p, q = Person("ann"), Person("bob")
early = p.hello()
p.__class__ = Robot
q.__dict__ = {"name": "eve"}
result = [p.hello(), q.hello()]
print(early)

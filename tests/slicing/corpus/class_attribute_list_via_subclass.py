# target: names
class Base:
    names = []

    def __init__(self, name):
        self.names.append(name)


class Own(Base):
    names = []


class Shared(Base):
    pass


a = Own("own")
b = Shared("shared")
c = Base("base")
names = Base.names
print(Own.names)

# target: out
class Base:
    def step(self):
        return ["base"]


class Child(Base):
    def step(self):
        return super().step() + ["child"]


c = Child()
early = c.step()
Base.step = lambda self: ["patched"]
Child.__bases__[0].extra = 1
out = c.step()
print(early)

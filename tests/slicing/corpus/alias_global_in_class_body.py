# target: shared
shared = []


class Base:
    store = shared

    @classmethod
    def register(cls, name):
        cls.store.append(name)


class Child(Base):
    pass


Child.register("child")
Base.register("base")
doc = Base.__name__
print(doc)

# target: registered
class Meta(type):
    classes = []

    def __new__(mcls, name, bases, namespace):
        cls = super().__new__(mcls, name, bases, namespace)
        if bases:
            mcls.classes.append(name)
        return cls


class Base(metaclass=Meta):
    pass


class First(Base):
    x = 1


class Second(First):
    y = 2


registered = list(Meta.classes)
instance = Second()
print(instance.x)

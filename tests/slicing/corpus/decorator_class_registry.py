# target: names
class Registry:
    def __init__(self):
        self.items = {}

    def __call__(self, cls):
        self.items[cls.__name__.lower()] = cls
        return cls


register = Registry()
spare = Registry()


@register
class Cat:
    legs = 4


@register
class Bird:
    legs = 2


@spare
class Fish:
    legs = 0


names = sorted(register.items)
print(spare.items)

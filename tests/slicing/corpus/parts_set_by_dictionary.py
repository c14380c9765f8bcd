# target: late, built, seen, pushed, merged, shared, popped, made, first, free, mixed, hidden, alias, whole, marked, copied, kept
class Plain:
    pass


one = Plain()
one.__dict__.update(z=1)
late = one.z


class Built:
    def __init__(self, **given):
        self.__dict__.update(given)

    def put(self, more):
        self.__dict__.update(**more)


thing = Built(z=[1])
built = thing.z
thing.put({"q": 2})
pushed = thing.q

two = Plain()
vars(two).update({"z": 1})
seen = two.z


class Settings:
    rate = 1

    def __init__(self, given):
        self.__dict__ = given


given = {"rate": 2}
settings = Settings(given)
given["rate"] = 5
merged = settings.rate
settings.rate = 6
shared = given["rate"]

three = Settings({})
three.rate = 2
three.__dict__.pop("rate")
popped = three.rate

four = Plain()
four.__dict__.setdefault("items", []).append(1)
made = four.items


class Borg:
    state = {}

    def __init__(self):
        self.__dict__ = self.state


a, b = Borg(), Borg()
a.x = [1]
first = b.x


class Free(dict):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.__dict__ = self


free = Free({"a": 1})
free.b = 2
mixed = free["b"]


class Private:
    def __init__(self):
        self.__a = 1

    def get(self):
        return self.__a


private = Private()
private.__dict__["_Private__a"] = 5
hidden = private.get()

five = Plain()
names = five.__dict__
five.x = []
names["x"].append(1)
alias = five.x
names["y"] = 3
whole = dict(names)


def marked():
    return marked.n


marked.__dict__.update(n=3)
marked = marked()

six = Plain()
six.parts = [1]
copied = dict(six.__dict__)
copied["parts"].append(2)
kept = six.parts

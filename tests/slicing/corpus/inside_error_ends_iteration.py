# target: doubled, taken, found, total
class Doubles:
    def __init__(self, data):
        self.data = data
        self.seen = []

    def __getitem__(self, i):
        self.seen.append(self.data[i])
        return i * 2


class Lazy:
    def __init__(self):
        self.asked = []

    @property
    def size(self):
        self.asked.append("size")
        self.missing_on_purpose
        return 3

    def __getattr__(self, name):
        if name == "size":
            return 7
        raise AttributeError(name)


noted = []
source = iter([1, 2])


def pair(n):
    noted.append(next(source))
    return n * 10


doubled = list(Doubles("abc"))
taken = list(map(pair, [1, 2, 3, 4]))
found = hasattr(Lazy(), "other"), Lazy().size
total = 0
for n in Doubles("ab"):
    total += 1

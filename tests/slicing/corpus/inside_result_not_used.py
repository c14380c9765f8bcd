# target: rows, names, count, kept, shown, grown, tree, again, chosen, decorated, registry, called, sorted_rows, ended
rows = []


def add(row, *, to=rows):
    to.append(row)
    return len(to)


add(1)
count = add(2)
names = []


def name_it(text):
    if text:
        names.append(text)
        return text
    else:
        names.append("nobody")
        return None


name_it("a")
name_it("")
kept = name_it("b")


class Box:
    def __init__(self):
        self.things = []

    def put(self, thing):
        self.things.append(thing)
        return self

    def __str__(self):
        self.put("shown")
        return f"box of {len(self.things)}"


box = Box()
box.put(1)
box.put(2).put(3)
print(box)
shown = box.things
grown = []


def grow(n):
    grown.append(n)
    if n:
        smaller = grow(n - 1)
        return smaller + 1
    return 0


grow(2)


def walk(node, seen):
    seen.append(node[0])
    for child in node[1:]:
        walk(child, seen)
    return seen


tree = []
walk([1, [2], [3, [4]]], tree)
again = walk([5], tree)


def choose(n):
    if n > 1:
        return "many"
    rows.append(n)
    return "few"


choose(3)
choose(1)
chosen = list(rows)
registry = {}


def register(name):
    def decorate(function):
        registry[name] = function.__name__
        return function

    return decorate


for number in range(2):

    @register(f"f{number}")
    def decorated():
        return number


decorated = decorated()
calls = []


def key(row):
    calls.append(row)
    return -row


rows.sort(key=key)
sorted_rows = list(rows)
key(9)
called = list(calls)


def end():
    rows.append("end")
    return rows.clear()


end()
ended = rows

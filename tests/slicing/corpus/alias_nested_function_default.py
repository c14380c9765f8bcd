# target: totals
totals = {}


def make(name):
    def add(n, totals=totals):
        totals[name] = totals.get(name, 0) + n

    return add


add_a = make("a")
add_b = make("b")
add_a(1)
add_b(5)
add_a(2)
calls = 3
print(calls)

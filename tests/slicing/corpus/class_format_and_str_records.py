# target: used
used = []


class Money:
    def __init__(self, n):
        self.n = n

    def __format__(self, spec):
        used.append(spec)
        return f"{self.n:{spec}} EUR"


m = Money(3)
line = f"{m:.1f}"
text = "{:5}".format(m)
print(line, text)

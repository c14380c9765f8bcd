# target: b
base = 10


def shift(x, by=base):
    return x + by


a = shift(1)
base = 500
b = shift(2)
c = shift(3, base)
print(a, c)

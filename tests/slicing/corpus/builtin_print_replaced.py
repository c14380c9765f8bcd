# target: printed
printed = []


def print(*args):
    printed.append(args)


x = 4
print("x is", x)
y = x + 1
print("y")
z = y

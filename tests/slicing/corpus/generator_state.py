# target: value
def counter(start):
    while True:
        yield start
        start += 1


ticks = counter(5)
unused = counter(100)
next(ticks)
next(unused)
next(ticks)
value = next(ticks)
print(value)

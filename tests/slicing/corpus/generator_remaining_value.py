# target: gen
def squares(limit):
    for n in range(limit):
        yield n * n


gen = squares(6)
first = next(gen)
second = next(gen)
label = "squares"
print(label, first + second)

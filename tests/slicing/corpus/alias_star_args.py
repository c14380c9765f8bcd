# target: xs
def fill(*lists, value):
    for each in lists:
        each.append(value)


xs, ys = [], []
fill(xs, ys, value=1)
fill(*[ys], value=2)
group = (xs,)
fill(*group, value=3)
print(ys)

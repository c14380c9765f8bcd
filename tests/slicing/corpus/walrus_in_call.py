# target: doubled
def show(x, y):
    print(x, y)
    return x


base = 4
shown = show((doubled := base * 2), 1)
tripled = base * 3
print(tripled)

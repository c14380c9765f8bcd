# target: best
best = []
other = []


class Grid:
    global best, tried
    sizes = [1, 2, 3]
    best = [size for size in sizes if size > 1]
    tried = len(sizes)
    other = ["of the class"]


best.append(tried)
other.append(4)

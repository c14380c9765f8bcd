# target: lengths, order, depth, total, visits
left = 4
lengths = []
seen = []
order = []
depth = 0
visits = 0


def note():
    lengths.append(len(seen))
    seen.append("x")
    print(len(seen))


def down():
    global left
    left -= 1
    note()
    if left:
        down()


def even(n):
    global depth
    depth = max(depth, n)
    mark(n)
    return n == 0 or odd(n - 1)


def odd(n):
    step = n * 2
    order.append(("odd", step))
    return n != 0 and even(n - 1)


def mark(n):
    order.append(len(order) + n)
    label = f"at {n}"
    print(label)


def size(tree):
    global visits
    visits += 1
    return 1 + sum(size(one) for one in tree)


down()
even(5)
total = size([[], [[]]])

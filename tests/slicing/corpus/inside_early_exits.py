# target: found, order, steps, last, kept
order = []
steps = 0


def search(rows, wanted):
    global steps
    checked = 0
    best = None
    for row in rows:
        steps += 1
        for value in row:
            checked += 1
            if value < 0:
                break
            if value == wanted:
                best = (checked, row)
                return best
        else:
            order.append(sum(row))
            continue
        order.append("negative")
    print("not found after", checked)
    return best


def limited(values):
    kept = []
    position = 0
    seen = 0
    while True:
        if position >= len(values):
            break
        value = values[position]
        position += 1
        seen += value
        if value % 2:
            continue
        kept.append(value)
    # How many there were.
    print(seen)
    return kept


found = search([[1, -1, 5], [2, 3], [4, 5]], 5)
last = search([[1]], 9)
kept = limited([1, 2, 3, 4])

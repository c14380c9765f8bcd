# target: first, both, rows, lengths, joined
factor = 2
unit = "m"
rows = []
lengths = []


def scaled(value, keep=False):
    result = value * factor
    label = f"{result} {unit}"
    if keep:
        rows.append(label)
    lengths.append(len(rows))
    return result


first = scaled(1)
unit = "km"
both = [scaled(n, keep=True) for n in range(2)]
factor = 3
todo = [1, 2]
joined = ""
while todo:
    scaled(todo.pop(), keep=len(todo) > 0)
    joined += str(len(rows))
unit = "cm"

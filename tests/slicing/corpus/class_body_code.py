# target: table
sizes = [1, 2, 3]


class Table:
    rows = []
    for s in sizes:
        rows.append(s * 2)
    width = len(rows)
    del s


table = Table.rows
sizes.append(100)
w = Table.width
print(w)

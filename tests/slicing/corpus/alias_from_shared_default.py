# target: first, table
first = [1]
table = dict.fromkeys("ab", first)


def found(key):
    return table.setdefault(key, [])


again = found("b")
other = again
other += [2]
other[:1] = [0]

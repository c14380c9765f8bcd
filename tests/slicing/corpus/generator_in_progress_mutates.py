# target: log
log = []


def visit(items):
    for item in items:
        log.append(item)
        yield item * 2


firsts = next(visit([1, 2]))
lazy = visit([3, 4])
unused = visit([9])
pairs = dict(zip("ab", lazy))
print(firsts, pairs)

# target: common
a = {1, 2, 3}
b = {2, 3, 4}
seen = set()
a.add(4)
b.discard(3)
seen |= a
common = a & b
common.update({9})
a -= {1}
frozen = frozenset(seen)
print(len(frozen), a)

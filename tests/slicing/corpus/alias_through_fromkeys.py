# target: kept, Kept, other, last
import collections

kept = [1, 2, 3]
found = dict.fromkeys("ab", kept).get("a")
del found[1:2]


class Kept:
    rows = sorted({3, 1})


rows = dict.fromkeys("xy", Kept.rows).get("x", [])
rows[0] = 7

other = {"n": [0]}
{}.fromkeys("ab", other).get("b")["n"] = 4
{}.fromkeys("ab", other)["b"]["m"] = 5

last = [[4], [5]]
collections.OrderedDict.fromkeys("ab", last).pop("a")[0] = 6

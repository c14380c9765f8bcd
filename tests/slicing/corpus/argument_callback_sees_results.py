# target: rows, seen, last, total
from functools import reduce

from sklearn.preprocessing import FunctionTransformer

rows = [[1], [2]]
seen = []
kept = [[3], [4]]


def helper(part):
    part.append(0)
    return part


def joined(left, right):
    seen.append(len(left))
    return helper(left) + right


last = reduce(joined, kept)


def doubled(values):
    rows.append(len(values))
    return [value * 2 for value in values]


total = FunctionTransformer(doubled).fit_transform([1, 2, 3])

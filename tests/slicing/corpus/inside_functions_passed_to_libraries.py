# target: first, log, ordered, counts, largest
import functools

import pandas as pd

log = []
counts = {}
rates = {"a": 2}


def noted(value):
    log.append(value)
    counts[value] = counts.get(value, 0) + 1
    return value * rates["a"]


def prepare(table):
    first = table["v"].apply(noted)
    second = table["v"].map(noted)
    third = table["v"].apply(noted)
    fourth = table["v"].map(noted)
    print(second.sum(), third.sum(), fourth.sum())
    return first


def order(values):
    seen = len(log)
    ordered = sorted(values, key=noted)
    total = functools.reduce(lambda a, b: a + noted(b), values, 0)
    kept = list(filter(noted, values))
    print(seen, total, kept)
    return ordered


first = prepare(pd.DataFrame({"v": [3, 1, 2]}))
rates["a"] = -1
ordered = order([1, 3, 2])
rates = {"a": 5}
largest = max([1, 2], key=noted), noted(1)

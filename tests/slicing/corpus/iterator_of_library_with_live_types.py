# target: left, first, second, groups
import itertools

import numpy as np


class Source:
    def __init__(self):
        self.rows = iter([(1, [2]), (3, [4]), (5, [6])])


source = getattr(Source(), "ro" + "ws")
first = next(source)
second = next(source)
first[1].append(7)
left = next(source)
groups = {n: list(g) for n, g in itertools.groupby(np.array([1, 1, 2]).tolist())}

# target: total
from functools import cached_property


class Data:
    def __init__(self, values):
        self.values = values

    @cached_property
    def total(self):
        return sum(self.values)


data = Data([1, 2, 3])
early = data.total
data.values.append(100)
total = data.total
size = len(data.values)
print(size, early)

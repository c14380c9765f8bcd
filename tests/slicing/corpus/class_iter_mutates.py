# target: pool
class Pool:
    def __init__(self, items):
        self.items = items
        self.iterations = 0

    def __iter__(self):
        self.iterations += 1
        return iter(self.items)


pool = Pool([1, 2])
copy = [x for x in pool]
total = sum(pool)
print(copy, total)

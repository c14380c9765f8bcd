# target: acc
class Accumulator:
    def __init__(self):
        self.total = 0

    def __call__(self, n):
        self.total += n
        return self.total


acc = Accumulator()
spare = Accumulator()
partials = [acc(n) for n in (1, 2, 3)]
spare(10)
print(partials)

# target: collected
class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


down = Countdown(5)
peek = next(down)
other = Countdown(2)
waste = list(other)
collected = list(down)
print(peek, waste)

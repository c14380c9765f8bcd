# target: steps
class Timer:
    def __init__(self, steps):
        self.steps = steps

    def __enter__(self):
        self.steps.append("enter")
        return self

    def __exit__(self, *exc):
        self.steps.append("exit")
        return False


steps = []
with Timer(steps) as t:
    x = sum(range(5))
    print("sum", x)
with Timer([]) as spare:
    y = 2

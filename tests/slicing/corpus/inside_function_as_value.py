# target: functions, result, bound, made
functions = []
noise = []


def loud(x):
    noise.append(x)
    print("loud", x)
    return x + 1


def maker(step):
    calls = []

    def inner(x):
        calls.append(x)
        extra = x * step
        print(extra)
        return len(calls) * step

    return inner


class Box:
    def __init__(self, n):
        self.n = n
        self.history = [n]

    def grow(self, by):
        self.history.append(by)
        self.n += by
        return self


functions.append(loud)
result = loud(1)
bound = Box(2).grow
made = maker(3)
made(1)
bound(4)

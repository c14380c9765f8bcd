# target: state
state = {"n": 0}


def inc():
    state["n"] += 1


def double():
    state["n"] *= 2


def show():
    print(state)


for step in (inc, inc, double, show):
    step()
steps = 4
print(steps)

# target: smooth
values = [3.0, 5.0, 4.0]
smooth = []
state = values[0]
history = []
for v in values:
    history.append(state)
    smooth.append(state)
    state = 0.5 * state + 0.5 * v
print(history)

# target: active
active, idle = [], []
current = active
for n in range(6):
    if n == 3:
        current = idle
    if n == 5:
        current = active
    current.append(n)
steps = len(idle)
print(steps)

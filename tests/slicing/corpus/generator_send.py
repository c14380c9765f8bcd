# target: average
def averager():
    total, n, mean = 0.0, 0, None
    while True:
        value = yield mean
        total += value
        n += 1
        mean = total / n


agent = averager()
next(agent)
results = []
for v in [10, 20, 60]:
    average = agent.send(v)
    results.append(average)
print(results)

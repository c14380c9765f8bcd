# target: weights
import random

random.seed(0)
data = [(i / 10, 3 * i / 10 + 1) for i in range(10)]
weights = [random.random(), random.random()]
history = []
best = float("inf")
for epoch in range(5):
    random.shuffle(data)
    loss = 0.0
    for x, y in data:
        error = weights[0] * x + weights[1] - y
        loss += error**2
        weights[0] -= 0.1 * error * x
        weights[1] -= 0.1 * error
    history.append(loss)
    if loss < best:
        best = loss
        print(f"epoch {epoch}: better, {best:.4f}")
print(history)

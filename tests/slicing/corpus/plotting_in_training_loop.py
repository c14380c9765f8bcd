# target: losses
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(0)
w = 0.0
losses = []
for epoch in range(4):
    grad = w - 3 + rng.normal(scale=0.01)
    w -= 0.5 * grad
    losses.append(round(float((w - 3) ** 2), 8))
    plt.plot(epoch, losses[-1], "o")
    plt.title(f"epoch {epoch}")
plt.savefig("loss.png")
plt.close()

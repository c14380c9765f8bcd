# target: solution
import numpy as np
from scipy.optimize import minimize

evaluations = []


def loss(w):
    evaluations.append(float(w[0]))
    return (w[0] - 3) ** 2 + (w[1] + 1) ** 2


start = np.zeros(2)
result = minimize(loss, start)
solution = np.round(result.x, 4)
print(result.success, len(evaluations))

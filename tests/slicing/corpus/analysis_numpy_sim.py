# target: area, cov, dt, edges, err, f, greeks, grid, hist, n, paths, payoff, price, res, rets, rng, steps, t, var95, view, w, z
import numpy as np
from scipy import optimize, stats, interpolate, integrate, linalg
import matplotlib.pyplot as plt
np.set_printoptions(precision=3, suppress=True)
rng = np.random.default_rng(42)
n, steps, dt = 50, 20, 1 / 20
paths = np.empty((n, steps + 1))
paths[:, 0] = 100
for t in range(1, steps + 1):
    z = rng.standard_normal(n)
    paths[:, t] = paths[:, t - 1] * np.exp((0.05 - 0.5 * 0.2 ** 2) * dt + 0.2 * np.sqrt(dt) * z)
plt.plot(paths.T, lw=.5); plt.close()
payoff = np.maximum(paths[:, -1] - 100, 0)
price = np.exp(-0.05) * payoff.mean()
def bs(s, k=100, r=.05, v=.2, T=1.):
    d1 = (np.log(s / k) + (r + v * v / 2) * T) / (v * np.sqrt(T))
    return s * stats.norm.cdf(d1) - k * np.exp(-r * T) * stats.norm.cdf(d1 - v * np.sqrt(T))
greeks = {"delta": (bs(101) - bs(99)) / 2, "price": price}
rets = np.diff(np.log(paths), axis=1)
rets -= rets.mean(axis=0)
cov = np.cov(rets[:5])
def risk(w): return w @ cov @ w
res = optimize.minimize(risk, np.ones(5) / 5, constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, bounds=[(0, 1)] * 5)
w = res.x.round(4)
var95 = np.percentile(paths[:, -1], 5)
hist, edges = np.histogram(payoff, bins=5)
hist[0] = 0
grid = list(np.meshgrid(edges[:3], edges[:2]))
grid[0] += 1
f = interpolate.interp1d(edges, np.arange(6))
area, err = integrate.quad(lambda s: float(f(s)), edges[0], edges[-1])
view = paths[:3]
view[:, 0] = 0
print(area, err, view)

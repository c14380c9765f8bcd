# target: x, z, at, low, density, tree, smoothed, turned, solver, merged, fitted
import numpy as np
from scipy import integrate, interpolate, odr, sparse, spatial, stats

x = np.linspace(0.0, 1.0, 5)
z = x**2
at = np.array([0.3, 0.6])
curve = interpolate.CubicSpline(x, z)
between = curve(at)
slope = curve.derivative()(at)
law = stats.expon(scale=2)
low = law.cdf(at)
density = stats.gaussian_kde(x)
before = density(at)
density.set_bandwidth(0.5)
tree = spatial.KDTree(x.reshape(-1, 1))
near = tree.query(at.reshape(-1, 1))
smooth = interpolate.UnivariateSpline(x, z)
smooth.set_smoothing_factor(0.5)
smoothed = smooth(at)
rotation = spatial.transform.Rotation.from_euler("z", 90, degrees=True)
turned = rotation.apply([1.0, 0.0, 0.0])
solver = integrate.RK45(lambda t, y: -y, 0.0, [1.0], 1.0)
solver.step()
count = solver.nfev
merged = sparse.coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2))
whole = merged.toarray()
merged.sum_duplicates()
fitted = odr.ODR(odr.RealData(x, z), odr.Model(lambda b, t: b[0] * t), beta0=[1.0])
fitted.run()

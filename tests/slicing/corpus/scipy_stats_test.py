# target: p
import numpy as np
from scipy import stats

rng = np.random.default_rng(7)
a = rng.normal(0, 1, 20)
b = rng.normal(1, 1, 20)
t, p = stats.ttest_ind(a, b)
skew = stats.skew(a)
print(f"t={t:.2f} skew={skew:.2f}")

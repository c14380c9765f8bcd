# target: y
import numpy as np
from statsmodels.tsa.arima_process import arma_generate_sample

np.random.seed(2014)
ar = np.array([1.0, -0.75])
ma = np.array([1.0, 0.65])
noise = np.zeros(3)
y = arma_generate_sample(ar, ma, 10)
print(noise)

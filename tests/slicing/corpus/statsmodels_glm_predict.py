# target: predicted
import numpy as np
import statsmodels.api as sm

x = np.array([0.1, 0.4, 0.8, 1.5, 2.2, 2.9])
y = np.array([0, 0, 1, 0, 1, 1])
X = sm.add_constant(x)
model = sm.GLM(y, X, family=sm.families.Binomial())
result = model.fit()
deviance = result.deviance
predicted = result.predict(X).round(6)
print(f"deviance {deviance:.3f}")

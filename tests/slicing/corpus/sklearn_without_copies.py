# target: total, scaled, piped, pipeline, values, kept, untouched
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, normalize

values = np.arange(6.0).reshape(3, 2)
scaler = StandardScaler(copy=False)
scaled = scaler.fit_transform(values)
total = values.sum(axis=0)

piped = np.arange(6.0).reshape(3, 2) ** 2
pipeline = make_pipeline(StandardScaler(copy=False), LinearRegression())
pipeline.fit(piped, [1, 2, 3])

kept = np.arange(6.0).reshape(2, 3)
later = StandardScaler().set_params(copy=False)
later.fit_transform(kept)
normalize(kept, copy=False)

untouched = np.arange(6.0).reshape(3, 2)
plain = make_pipeline(StandardScaler(copy=True), LinearRegression())
plain.fit(untouched, [1, 2, 3])

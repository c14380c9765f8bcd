# target: scaled
import pandas as pd


@pd.api.extensions.register_series_accessor("scaler")
class Scaler:
    def __init__(self, series):
        self.series = series

    def by(self, k):
        return self.series * k


s = pd.Series([1, 2, 3])
plain = s.sum()
scaled = s.scaler.by(4)
print(plain)

# target: total, mean, counted, largest
import pandas as pd


@pd.api.extensions.register_dataframe_accessor("prices")
class Prices:
    def __init__(self, frame):
        self.frame = frame
        self.calls = 0

    def raise_by(self, rate):
        self.calls += 1
        self.frame["price"] = self.frame["price"] * (1 + rate)
        return self

    def cheapest(self):
        return self.frame["price"].min()


class Sizes:
    def __init__(self, series):
        self.series = series

    def clipped(self, most):
        return self.series.clip(upper=most)


pd.api.extensions.register_series_accessor("sizes")(Sizes)
df = pd.DataFrame({"price": [1.0, 2.0], "size": [10, 50]})
df.prices.raise_by(0.5)
prices = df.prices
prices.raise_by(0.1).raise_by(0.2)
total = df["price"].sum()
mean = df["size"].mean()
counted = df.prices.calls
largest = df["size"].sizes.clipped(20).max()
low = df.prices.cheapest()

# target: weekly
import pandas as pd

dates = pd.date_range("2024-01-01", periods=10, freq="D")
ts = pd.DataFrame({"when": dates, "v": range(10)})
ts["day"] = ts["when"].dt.day_name()
weekdays = ts["day"].unique()
ts = ts.set_index("when")
weekly = ts["v"].resample("W").sum()
rolling = ts["v"].rolling(3).mean()
print(weekdays, rolling.tail(1))

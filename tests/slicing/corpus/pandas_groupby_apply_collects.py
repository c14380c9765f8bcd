# target: seen
import pandas as pd

seen = []


def summarize(values):
    seen.append(list(values))
    return values.max()


df = pd.DataFrame({"g": list("aab"), "v": [1, 5, 3]})
result = df.groupby("g")["v"].agg(summarize)
mean = df["v"].mean()
print(result, mean)

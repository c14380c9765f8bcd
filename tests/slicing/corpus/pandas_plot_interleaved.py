# target: df
import matplotlib.pyplot as plt
import pandas as pd

df = pd.DataFrame({"x": [1, 2, 3], "y": [2, 4, 9]})
fig, ax = plt.subplots()
df.plot(x="x", y="y", ax=ax)
ax.set_title("before")
df["z"] = df["x"] + df["y"]
plt.hist(df["z"])
plt.savefig("hist.png")
plt.close("all")
df = df[df["z"] > 3]
print(len(ax.lines))

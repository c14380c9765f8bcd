# target: asof, bins, cats, cust, dedup, ex, long, lookup, orders, rank, tidy, top, weighted, wide2
import pandas as pd, numpy as np
pd.set_option("mode.chained_assignment", None)
orders = pd.DataFrame({"oid": range(8), "cust": list("aabbccdd"), "amt": [5, 7, 1, 9, 4, 4, 8, 2], "ts": pd.date_range("2023-01-01", periods=8, freq="36h"), "tags": ["x;y", "y", "", "z;x", "x", "y;z", "z", ""]})
cust = pd.DataFrame({"cust": list("abcd"), "tier": ["g", "s", "g", "b"]}).set_index("cust")
orders["day"] = orders.ts.dt.normalize()
orders = orders.join(cust, on="cust")
tidy = orders.assign(tag=orders["tags"].str.split(";")).explode("tag").query("tag != ''").reset_index(drop=True)
rank = orders.groupby("cust")["amt"].rank(ascending=False, method="dense").astype(int)
orders["rank"] = rank
orders["cum"] = orders.groupby("cust").amt.cumsum()
orders["prev"] = orders.groupby("cust").amt.shift().fillna(0)
lookup = orders.set_index("oid")["amt"].to_dict()
lookup[0] = -1
long = orders.melt(id_vars=["oid"], value_vars=["amt", "cum"])
wide2 = long.pivot(index="oid", columns="variable", values="value")
wide2.columns.name = None
wide2["ratio"] = wide2["amt"] / wide2["cum"]
cats = orders["tier"].astype("category").cat.codes
bins = pd.cut(orders["amt"], [0, 3, 6, 9]).value_counts().sort_index()
bins.index = bins.index.astype(str)
dedup = orders.sort_values("amt").drop_duplicates("cust", keep="last")[["cust", "amt"]]
ex = pd.concat([dedup, dedup.assign(amt=0)], keys=["a", "b"], names=["src"]).reset_index(level=0)
def wavg(g, v="amt", w="cum"):
    return np.average(g[v], weights=g[w])
weighted = orders.groupby("tier")[["amt", "cum"]].apply(wavg)
asof = pd.merge_asof(orders[["ts", "oid"]], pd.DataFrame({"ts": pd.to_datetime(["2023-01-02", "2023-01-06"]), "ev": [1, 2]}), on="ts")
style = orders.style.format({"amt": "{:.1f}"}).background_gradient()
orders.at[0, "amt"] = 100
orders.loc[orders.tier == "b", "tier"] = "bronze"
top = orders.nlargest(2, "amt")

# target: again, cfg, churn, col, customers, features, last, loaded, logger, merged, monthly, orders, pivot, report, rng, top, wide
from __future__ import annotations
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
import numpy as np
import pandas as pd

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger("sales")

@dataclass
class Config:
    start: str = "2023-01-01"
    periods: int = 120
    regions: list[str] = field(default_factory=lambda: ["N", "S", "E"])
    out: Path = Path("out")
    seed: int = 7
    verbose: bool = True

cfg = Config(periods=90)
cfg.out.mkdir(exist_ok=True)
rng = np.random.default_rng(cfg.seed)

def make_orders(cfg: Config) -> pd.DataFrame:
    logger.info("making %d orders", cfg.periods)
    dates = pd.date_range(cfg.start, periods=cfg.periods, freq="D")
    df = pd.DataFrame({"date": np.repeat(dates, 3)})
    df["region"] = np.tile(cfg.regions, cfg.periods)
    df["customer"] = rng.integers(1, 20, len(df))
    df["qty"] = rng.poisson(5, len(df))
    df["price"] = rng.uniform(1, 10, len(df)).round(2)
    return df

orders = make_orders(cfg)
if cfg.verbose:
    print(orders.head())
    print(orders.dtypes)

def add_revenue(df: pd.DataFrame, tax: float = 0.2) -> pd.DataFrame:
    df = df.copy()
    df["revenue"] = df["qty"] * df["price"]
    df["net"] = df["revenue"] * (1 - tax)
    return df

def add_calendar(df):
    df["month"] = df["date"].dt.to_period("M")
    df["dow"] = df["date"].dt.dayofweek
    df["weekend"] = df["dow"].isin([5, 6])
    return df

orders = orders.pipe(add_revenue, tax=0.1).pipe(add_calendar)
customers = pd.DataFrame({"customer": range(1, 20), "segment": ["A", "B", "C"] * 6 + ["A"]})
customers.to_csv(cfg.out / "customers.csv", index=False)
loaded = pd.read_csv(cfg.out / "customers.csv")
merged = orders.merge(loaded, on="customer", how="left", validate="m:1")
assert len(merged) == len(orders)
logger.info("merged %s", merged.shape)

monthly = (
    merged.groupby(["month", "region"], as_index=False)
    .agg(revenue=("revenue", "sum"), orders=("qty", "size"))
    .assign(avg=lambda d: d["revenue"] / d["orders"])
    .sort_values(["region", "month"])
)
monthly["growth"] = monthly.groupby("region")["revenue"].pct_change()
print(monthly.to_string())
monthly.groupby("region")["revenue"].sum().plot(kind="bar")

top = merged.groupby("customer")["net"].sum().nlargest(5)
pivot = merged.pivot_table(index="month", columns="segment", values="net", aggfunc="sum", fill_value=0)
wide = pivot.reset_index().melt(id_vars="month", var_name="seg", value_name="net")

last = merged["date"].max()
features = merged.groupby("customer").agg(
    recency=("date", lambda s: (last - s.max()).days),
    frequency=("date", "count"),
    monetary=("revenue", "sum"),
)
for col in ["recency", "frequency", "monetary"]:
    features[col + "_score"] = pd.qcut(features[col].rank(method="first"), 4, labels=False) + 1
features["rfm"] = features.filter(like="_score").sum(axis=1)
features["roll"] = features["monetary"].rolling(3, min_periods=1).mean()

churn = features.query("recency > 5 and rfm < 8").index.tolist()
report = {
    "total": float(merged["revenue"].sum()),
    "n_customers": int(merged["customer"].nunique()),
    "regions": cfg.regions,
}
report["top"] = {int(k): round(v, 2) for k, v in top.items()}
with open(cfg.out / "report.json", "w") as f:
    json.dump(report, f, indent=2)
with (cfg.out / "report.json").open() as f:
    again = json.load(f)
logger.info("done")

# target: DEFAULTS, audit, before, cfg, cfg2, cleaned, log, out, out2, raw, shared, stats
import pandas as pd, numpy as np, copy
from collections import defaultdict
DEFAULTS = {"fill": 0, "cols": ["a", "b"], "opts": {"scale": True}}
audit = defaultdict(list)
def note(step, **kw):
    audit[step].append(kw)
def load(n=5, seed=0):
    rs = np.random.RandomState(seed)
    df = pd.DataFrame(rs.rand(n, 3), columns=list("abc"))
    df.iloc[1, 0] = np.nan
    note("load", n=n)
    return df
def fill(df, cfg):
    for c in cfg["cols"]:
        df[c] = df[c].fillna(cfg["fill"])
    note("fill", left=int(df.isna().sum().sum()))
    return df
def scale(df, cfg):
    if not cfg["opts"]["scale"]:
        return df
    out = df.copy()
    out[cfg["cols"]] = (out[cfg["cols"]] - out[cfg["cols"]].mean()) / out[cfg["cols"]].std()
    cfg["opts"]["mean"] = df[cfg["cols"]].mean().to_dict()
    return out
cfg = copy.deepcopy(DEFAULTS)
cfg["fill"] = -1
raw = load()
before = raw.isna().sum().sum()
cleaned = fill(raw, cfg)
print(before, raw.isna().sum().sum())
out = scale(cleaned, cfg)
stats = {c: out[c].describe().to_dict() for c in cfg["cols"]}
log = [f"{k}:{len(v)}" for k, v in audit.items()]
DEFAULTS["cols"].append("c")
cfg2 = {**DEFAULTS, "fill": 2}
out2 = scale(fill(load(seed=1), cfg2), cfg2)
shared = DEFAULTS["opts"]

# target: back, base, cfg, d, exists, frames, i, js, latest, lines, merged, parts, r, rng, state, total
import json, csv, pickle, gzip, os, glob, shutil, tempfile
from pathlib import Path
import pandas as pd
import numpy as np
base = Path("data")
base.mkdir()
rng = np.random.default_rng(0)
for i in range(3):
    d = pd.DataFrame({"k": range(4), "v": rng.random(4)})
    d["part"] = i
    d.to_csv(base / f"part_{i}.csv", index=False)
parts = sorted(base.glob("part_*.csv"))
frames = [pd.read_csv(p) for p in parts]
merged = pd.concat(frames, ignore_index=True)
(base / "part_9.csv").write_text("k,v,part\n0,1.0,9\n")
total = sum(len(pd.read_csv(f)) for f in glob.glob("data/part_*.csv"))
with open("log.csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["a", "b"])
    for r in merged.itertuples():
        w.writerow([r.k, round(r.v, 3)])
with open("log.csv") as f:
    lines = list(csv.DictReader(f))
with open("log.csv", "a") as f:
    f.write("9,9\n")
latest = Path("log.csv").read_text().splitlines()[-1]
state = {"n": len(merged), "cols": list(merged.columns)}
with gzip.open("state.pkl.gz", "wb") as f:
    pickle.dump(state, f)
state["n"] = 0
with gzip.open("state.pkl.gz", "rb") as f:
    back = pickle.load(f)
cfg = {"lr": .1, "layers": [1, 2]}
Path("cfg.json").write_text(json.dumps(cfg))
cfg["layers"].append(3)
js = json.loads(Path("cfg.json").read_text())
shutil.copy("cfg.json", "cfg2.json")
os.remove("cfg.json")
exists = [os.path.exists(p) for p in ("cfg.json", "cfg2.json")]

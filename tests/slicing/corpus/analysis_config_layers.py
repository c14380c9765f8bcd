# target: Run, args, backup, best, c, cfg, chain, depth, env, flat, gen, lr, model_cfg, nxt, rng, runs, sched
import os, json, copy, itertools, argparse, configparser
from collections import ChainMap, OrderedDict, namedtuple
from dataclasses import dataclass, field, asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Optional, Union
import numpy as np
import yaml
Path("conf.yaml").write_text("model: {depth: 3, lr: 0.1}\ndata:\n  path: x.csv\n  cols: [a, b]\n")
with open("conf.yaml") as fh:
    cfg = yaml.safe_load(fh)
os.environ["APP_LR"] = "0.5"
os.environ.setdefault("APP_MODE", "dev")
env = {k[4:].lower(): v for k, v in os.environ.items() if k.startswith("APP_")}
def deep_update(base, other):
    for k, v in other.items():
        if isinstance(v, dict) and isinstance(base.get(k), dict):
            deep_update(base[k], v)
        else:
            base[k] = v
    return base
cfg = deep_update(cfg, {"model": {"lr": float(env["lr"])}, "seed": 3})
backup = copy.deepcopy(cfg)
cfg["data"]["cols"].append("c")
@dataclass(frozen=True)
class ModelCfg:
    depth: int
    lr: float = .01
    tags: tuple = ()
    extra: Optional[dict] = None
    @classmethod
    def from_dict(cls, d): return cls(**{k: v for k, v in d.items() if k in cls.__dataclass_fields__})
model_cfg = replace(ModelCfg.from_dict(cfg["model"]), tags=tuple(cfg["data"]["cols"]))
def flatten(d, prefix=""):
    out = {}
    for k, v in d.items():
        key = f"{prefix}.{k}" if prefix else k
        if isinstance(v, dict): out.update(flatten(v, key))
        else: out[key] = v
    return out
flat = flatten(cfg)
Run = namedtuple("Run", "lr depth score")
runs = []
for lr, depth in itertools.product([.1, .5], [1, 2]):
    c = copy.deepcopy(cfg); c["model"].update(lr=lr, depth=depth)
    rng = np.random.default_rng([c["seed"], depth])
    runs.append(Run(lr, depth, round(float(rng.normal() - lr), 4)))
    if len(runs) % 2 == 0: print("done", len(runs))
best = max(runs, key=lambda r: r.score)._asdict()
def schedule(base, warm=2):
    step = 0
    while True:
        step += 1
        yield base * min(1, step / warm)
gen = schedule(model_cfg.lr)
sched = [next(gen) for _ in range(3)]
nxt = next(gen)
chain = ChainMap({"lr": 9}, flat)
chain["new"] = 1
args = SimpleNamespace(**cfg["model"])
args.depth += 1
cfg["model"]["depth"] = args.depth
json.dump(flat, open("flat.json", "w"), default=str)

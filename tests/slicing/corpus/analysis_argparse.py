# target: MODELS, X, X_te, X_tr, args, best, best_scores, factory, log, m, metrics, model, name, out, runs, seed, y, y_te, y_tr
import argparse
import json
import logging
import sys
from collections import defaultdict, Counter, OrderedDict
from pathlib import Path
import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, precision_score, recall_score
from sklearn.model_selection import train_test_split

def parse_args(argv=None):
    parser = argparse.ArgumentParser(description="train")
    parser.add_argument("--model", choices=["lr", "rf", "gb"], default="lr")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--test-size", type=float, default=0.3)
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("-v", "--verbose", action="store_true")
    group = parser.add_argument_group("data")
    group.add_argument("--n", type=int, default=120)
    return parser.parse_args(argv)

def setup_logging(verbose: bool) -> logging.Logger:
    log = logging.getLogger("train")
    log.setLevel(logging.DEBUG if verbose else logging.INFO)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    return log

MODELS = OrderedDict()
def register(name):
    def deco(fn):
        MODELS[name] = fn
        return fn
    return deco

@register("lr")
def make_lr(args):
    return LogisticRegression(max_iter=200, random_state=args.seed)

@register("rf")
def make_rf(args):
    return RandomForestClassifier(n_estimators=5, random_state=args.seed)

@register("gb")
def make_gb(args):
    return GradientBoostingClassifier(n_estimators=5, random_state=args.seed)

def evaluate(model, X, y):
    p = model.predict(X)
    return {"acc": accuracy_score(y, p), "prec": precision_score(y, p), "rec": recall_score(y, p)}

args = parse_args(["--model", "rf", "--n", "100", "-v"])
log = setup_logging(args.verbose)
log.info("args %s", vars(args))
args.out.mkdir(parents=True, exist_ok=True)
X, y = make_classification(args.n, 5, random_state=args.seed)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=args.test_size, random_state=args.seed)
log.debug("class balance %s", Counter(y_tr.tolist()))
model = MODELS[args.model](args).fit(X_tr, y_tr)
metrics = evaluate(model, X_te, y_te)
log.info(json.dumps(metrics))
(args.out / "metrics.json").write_text(json.dumps({"args": {k: str(v) for k, v in vars(args).items()}, **metrics}))
runs = defaultdict(list)
for name, factory in MODELS.items():
    for seed in range(2):
        args.seed = seed
        m = factory(args)
        m.fit(X_tr, y_tr)
        runs[name].append(evaluate(m, X_te, y_te)["acc"])
        log.info("%s %d %.3f", name, seed, runs[name][-1])
best, best_scores = max(runs.items(), key=lambda kv: np.mean(kv[1]))
out = pd.DataFrame(runs).T.add_prefix("seed_")
out["mean"] = out.mean(axis=1)
out.to_csv(args.out / "out.csv")
print(out)

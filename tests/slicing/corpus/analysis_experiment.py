# target: best, board, log, names, summary
from __future__ import annotations
import dataclasses, json, time, random, logging
from dataclasses import dataclass, field, asdict
from enum import Enum
from functools import lru_cache, partial, cached_property
from typing import Any, ClassVar, Iterator, Protocol, NamedTuple
import numpy as np
log = logging.getLogger(__name__)
class Mode(Enum):
    FAST = "fast"
    SLOW = "slow"
class Result(NamedTuple):
    name: str
    score: float
    params: dict
class Metric(Protocol):
    def __call__(self, a: np.ndarray, b: np.ndarray) -> float: ...
def mse(a, b): return float(((a - b) ** 2).mean())
def mae(a, b): return float(np.abs(a - b).mean())
@dataclass
class Experiment:
    name: str
    mode: Mode = Mode.FAST
    params: dict[str, Any] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    registry: ClassVar[dict[str, "Experiment"]] = {}
    def __post_init__(self):
        Experiment.registry[self.name] = self
        self._rng = np.random.default_rng(len(self.name))
    @cached_property
    def data(self):
        log.info("making data")
        x = self._rng.normal(size=20)
        return x, 2 * x + 1
    def grid(self, **options) -> Iterator[dict]:
        import itertools
        keys = sorted(options)
        for values in itertools.product(*(options[k] for k in keys)):
            yield dict(zip(keys, values))
    def run(self, metric: Metric = mse, **options) -> "Experiment":
        x, y = self.data
        for p in self.grid(**options):
            pred = p["a"] * x + p.get("b", 0)
            self.results.append(Result(self.name, metric(pred, y), p))
            if self.mode is Mode.SLOW:
                time.sleep(0)
        return self
    @property
    def best(self) -> Result:
        return min(self.results, key=lambda r: r.score)
    def __enter__(self): self._t = time.time(); return self
    def __exit__(self, *exc): self.elapsed = round(time.time() - self._t, -3); return False
exp = Experiment("one", params={"note": "x"})
exp.run(a=[1, 2], b=[0, 1])
best = exp.best
with Experiment("two", Mode.SLOW) as exp2:
    exp2.run(mae, a=[1, 2, 3])
    exp2.params.update(best.params)
exp.mode = Mode.SLOW
board = {k: v.best._asdict() for k, v in Experiment.registry.items()}
print(json.dumps(board, indent=1))
summary = [dataclasses.replace(e, name=e.name.upper()).best.score for e in list(Experiment.registry.values())]
names = sorted(Experiment.registry)

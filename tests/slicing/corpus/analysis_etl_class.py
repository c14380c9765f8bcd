# target: CSV, STEPS, errors, etl, joined, logger, other, result, stats, steps
from __future__ import annotations
import io, logging, functools, time
from abc import ABC, abstractmethod
import numpy as np, pandas as pd
logger = logging.getLogger("etl")
STEPS: dict[str, type] = {}
def timed(fn):
    @functools.wraps(fn)
    def inner(self, *a, **k):
        t0 = time.perf_counter()
        try:
            return fn(self, *a, **k)
        finally:
            self.timings[fn.__name__] = round(time.perf_counter() - t0, -3)
            logger.info("%s took", fn.__name__)
    return inner
class Step(ABC):
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        STEPS[cls.__name__.lower()] = cls
    def __init__(self, **params): self.params = params
    @abstractmethod
    def apply(self, df): ...
    def __call__(self, df):
        logger.debug("apply %s", self)
        return self.apply(df)
    def __repr__(self): return f"{type(self).__name__}({self.params})"
class Rename(Step):
    def apply(self, df): return df.rename(columns=self.params)
class Drop(Step):
    def apply(self, df): return df.drop(columns=self.params["cols"], errors="ignore")
class Impute(Step):
    def apply(self, df):
        df = df.copy()
        for c in self.params["cols"]:
            self.params.setdefault("values", {})[c] = df[c].median()
            df[c] = df[c].fillna(self.params["values"][c])
        return df
class Derive(Step):
    def apply(self, df): return df.assign(**{k: df.eval(v) for k, v in self.params.items()})
class ETL:
    def __init__(self, *steps): self.steps, self.timings, self.rows = list(steps), {}, []
    def add(self, name, **p): self.steps.append(STEPS[name](**p)); return self
    @timed
    def extract(self, text): self.df = pd.read_csv(io.StringIO(text)); self.rows.append(len(self.df)); return self
    @timed
    def transform(self):
        for s in self.steps:
            self.df = s(self.df)
            self.rows.append(self.df.shape[1])
        return self
    def validate(self, **rules):
        bad = {}
        for c, rule in rules.items():
            m = ~self.df[c].map(rule)
            if m.any():
                bad[c] = self.df.index[m].tolist()
        if bad: raise ValueError(bad)
        return self
CSV = "A,b,junk\n1,2,x\n,4,y\n5,,z\n"
etl = ETL(Rename(A="a")).add("drop", cols=["junk"]).add("impute", cols=["a", "b"])
etl.add("derive", c="a + b", d="a * 2")
etl.extract(CSV).transform()
result = etl.df
errors = []
try:
    etl.validate(a=lambda v: v > 2, c=lambda v: v < 100)
except ValueError as e:
    errors.append(e.args[0])
steps = [repr(s) for s in etl.steps]
stats = result.agg(["sum", "max"]).to_dict()
result = result.set_index("a")
other = ETL().extract("a,z\n1,9\n5,8\n")
joined = result.join(other.df.set_index("a")).reset_index()
etl.timings.clear()
etl.df["late"] = 1

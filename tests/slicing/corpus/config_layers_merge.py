# target: config
from collections import ChainMap
from types import SimpleNamespace

defaults = {"lr": 0.1, "depth": 2}
user = {"depth": 5}
layers = ChainMap({}, user, defaults)
layers["seed"] = 1
user["lr"] = 0.3
space = SimpleNamespace(**layers)
space.name = "run"
spare = SimpleNamespace(x=1)
spare.x += 1
config = dict(layers)
print(space.name, spare)

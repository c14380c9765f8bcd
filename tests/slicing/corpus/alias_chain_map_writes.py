# target: local
from collections import ChainMap

local, base = {}, {"x": 1}
scope = ChainMap(local, base)
scope["y"] = 2
scope.new_child()["z"] = 3
scope.maps[0]["w"] = scope["x"]
seen = len(scope)
print(seen)

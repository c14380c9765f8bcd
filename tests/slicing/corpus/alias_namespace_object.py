# target: data
from types import MappingProxyType, SimpleNamespace

data = [1]
space = SimpleNamespace(data=data, other=[])
view = MappingProxyType({"data": data})
space.other.append(5)
view["data"].append(2)
vars(space)["data"].append(3)
print(space.other)

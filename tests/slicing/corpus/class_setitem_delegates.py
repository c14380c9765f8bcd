# target: backing
class Proxy:
    def __init__(self, target):
        object.__setattr__(self, "_target", target)

    def __setitem__(self, key, value):
        self._target[key] = value

    def __getattr__(self, name):
        return getattr(self._target, name)


backing = {}
proxy = Proxy(backing)
proxy["a"] = 1
proxy.update(b=2)
keys = list(proxy.keys())
print(keys)

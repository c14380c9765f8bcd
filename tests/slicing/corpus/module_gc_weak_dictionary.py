# target: alive
import weakref


class Item:
    def __init__(self, n):
        self.n = n


registry = weakref.WeakValueDictionary()
a, b = Item(1), Item(2)
registry["a"] = a
registry["b"] = b
count = len(registry)
del b
alive = sorted(registry.keys())
print(count)

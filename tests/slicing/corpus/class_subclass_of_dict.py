# target: d
class Lower(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)

    def __getitem__(self, key):
        return super().__getitem__(key.lower())


d = Lower()
d["A"] = 1
d["b"] = d["a"] + 1
seen = "A" in d
print(seen)

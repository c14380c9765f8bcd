# target: obj
def init(self, n):
    self.n = n


Made = type("Made", (), {"__init__": init, "twice": lambda self: self.n * 2})
Other = type("Other", (Made,), {})
obj = {"v": Made(4).twice()}
spare = Other(1).twice()
print(spare)

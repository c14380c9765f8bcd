# target: cfg
class Cfg:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)


cfg = Cfg(lr=0.1)
vars(cfg)["epochs"] = 5
cfg.__dict__["seed"] = 1
spare = Cfg()
spare.x = 2
names = list(vars(cfg))
print(names, spare.x)

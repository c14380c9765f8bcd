# target: conf
class Conf:
    pass


conf = Conf()
spare = Conf()
for name, value in [("a", 1), ("b", [2])]:
    setattr(conf, name, value)
setattr(spare, "z", 1)
getattr(conf, "b").append(3)
has = hasattr(conf, "z")
print(has)

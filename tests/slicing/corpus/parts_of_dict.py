# target: rate, names, depth, size, old, config, gone
config = {"rate": 0.1, "depth": 2, "names": []}
other = config
config["depth"] = 3
other["rate"] = 0.2
config["rate"] += 0.05
config["names"].append("a")
other["names"].append("b")
config["extra"] = "x"
rate = config["rate"]
key = "depth"
other[key] += 1
config["late"] = 1
names = config["names"]
depth = config["depth"]
size = len(config)
old = config.get("extra")
gone = dict(config)
del gone["late"]
gone["later"] = 2
gone = gone["later"], "late" in gone
config["end"] = None

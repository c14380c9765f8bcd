# target: settings
settings = {"depth": 3}
registry = {"model": settings, "count": 0}
registry["count"] += 1
registry["model"]["depth"] = 10
registry["model"].setdefault("rate", 0.1)
print("registered", registry["count"])

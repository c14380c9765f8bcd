# target: tree
tree = {"left": {"n": 1}, "right": {"n": 2}}
node = tree.get("left")
node["n"] = 10
missing = tree.get("up", {})
missing["n"] = 3
print(missing)

# target: template
import copy

template = {"users": [{"name": "x"}], "n": 0}
first = copy.deepcopy(template)
first["users"][0]["name"] = "ann"
second = template.copy()
second["n"] = 5
second["users"].append({"name": "shared"})
print(first, second["n"])

# target: original
import copy

original = {"list": [1], "n": 1}
shallow = copy.copy(original)
deep = copy.deepcopy(original)
shallow["n"] = 2
shallow["list"].append(2)
deep["list"].append(3)
print(deep)

# target: value
import importlib

name = "statistics"
stats = importlib.import_module(name)
other = importlib.import_module("string")
value = stats.median([1, 9, 5])
letters = other.ascii_lowercase[:3]
print(letters)

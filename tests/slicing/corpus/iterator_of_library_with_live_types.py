# target: left, first, second, rows
import importlib

tools = importlib.import_module("iter" + "tools")
rows = tools.chain([[1]], [[2]], [[3], [4]])
first = next(rows)
second = next(rows)
second.append(len(first))
left = sum(next(rows))
print(left )

# target: data
from operator import itemgetter, methodcaller

data = {"rows": [1, 2]}
rows = itemgetter("rows")(data)
methodcaller("append", 3)(rows)
size = len(data)
print(size)

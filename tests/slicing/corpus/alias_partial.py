# target: scores
from functools import partial


def add_score(scores, name, value):
    scores[name] = value


scores = {}
add = partial(add_score, scores)
add("ann", 10)
spare = {}
spare["bob"] = 3
add("eve", value=7)
print("spare", spare)

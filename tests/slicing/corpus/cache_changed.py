# target: table, again, other, first, debug, queue, held, rows, columns, free, count, made_once
from functools import cache, cached_property, lru_cache

import pandas as pd


@lru_cache(maxsize=None)
def load(name):
    return pd.DataFrame({"a": [1, 2]})


table = load("x")
table["b"] = 3
again = list(load("x"))


@lru_cache
def made():
    return pd.DataFrame({"a": [1, 2]})


made()["b"] = 3
other = list(made())


@cache
def get(key):
    return [key]


one = get(1)
one.append(5)
first = get(1)


@lru_cache(maxsize=1)
def settings():
    return {"debug": False}


settings()["debug"] = True
debug = settings()["debug"]


class Connection:
    def __init__(self):
        self.queue = []


@lru_cache
def connection():
    return Connection()


connection().queue.append("a")
queue = connection().queue


class Store:
    @lru_cache
    def get(self, key):
        return [key]

    @cached_property
    def rows(self):
        return [1]

    @cached_property
    def frame(self):
        return pd.DataFrame({"a": [1]})


store, free_store = Store(), Store()
store.get(1).append(5)
held = store.get(1)
seen = store.rows
seen.append(2)
rows = list(store.rows)
frame = store.frame
frame["b"] = 2
columns = list(store.frame)
free = list(free_store.rows)


@cache
def counter():
    n = 0

    def step():
        nonlocal n
        n += 1
        return n

    return step


counter()()
counter()()
count = counter()()
made_once = counter() is counter()

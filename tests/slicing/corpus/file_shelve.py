# target: total
import shelve

with shelve.open("store") as db:
    db["a"] = 1
    db["b"] = 2
with shelve.open("other") as db:
    db["x"] = 0
with shelve.open("store") as db:
    keys = sorted(db)
    total = db["a"] + db["b"]
print(keys)

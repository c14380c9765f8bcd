# target: reached
reached = "start"
table = {}
try:
    reached = "before"
    table["missing"]
    reached = "after"
except KeyError:
    print("missing key")
print(table)

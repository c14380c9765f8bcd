# target: count
alpha = 1
beta = 2
found = [key for key in list(vars()) if key in ("alpha", "beta")]
count = sum(globals()[key] for key in found)
print(found)

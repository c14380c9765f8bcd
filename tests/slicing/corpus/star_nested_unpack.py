# target: first, rest
record = ["id", ["x", "y", "z"], 3]
name, (first, *rest), count = record
rest.append(name)
count += 1
print(count)

# target: result
width = 3
height = 4
depth = 5
names = ["width", "height"]
result = [eval(name) for name in names]
depth += 1
print(depth)

# target: x
point = (0, 5)
count = 0
match point:
    case (0, 0):
        x = "origin"
    case (0, x):
        count += 1
    case (x, 0):
        count += 2
print(count)

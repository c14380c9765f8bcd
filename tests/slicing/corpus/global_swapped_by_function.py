# target: left
left, right = [1], [2]
swaps = 0


def swap():
    global left, right, swaps
    left, right = right, left
    swaps += 1


swap()
left.append("l")
right.append("r")
print(swaps)

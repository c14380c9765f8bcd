# target: left
pair = ([1], [2])
left, right = pair
pair[0].append(10)
pair[1].append(20)
title = "pairs"
print(title, right)

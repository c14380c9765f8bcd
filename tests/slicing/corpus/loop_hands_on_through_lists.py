# target: first, second
given = [5]
first, second, third, fourth = [0], [0], [0], [0]
for number in range(6):
    first.append(second[-1])
    second.append(third[-1])
    third.append(fourth[-1])
    fourth.append(given)
given.append(9)
while len(third) < 9:
    third.append(len(third))

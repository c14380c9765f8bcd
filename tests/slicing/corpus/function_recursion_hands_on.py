# target: first, second, third, fourth
first, second, third, fourth = [1], [2], [3], [4]
log = []


def hand_on(one, two, three, four, rounds):
    if rounds:
        hand_on(two, three, four, one, rounds - 1)
        return
    one.append(len(log))


hand_on(first, second, third, fourth, 3)
log.append("once")
hand_on(first, second, third, fourth, 2)
log.append("twice")
hand_on(first, second, third, fourth, 1)
log.append("thrice")
hand_on(first, second, third, fourth, 0)
print(log)

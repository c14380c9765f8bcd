# target: double
q = [1, 2, 3]
q.append(4)
noise = [q for q in range(2)]


def double():
    return [2 * q for q in q[:3]]


print(noise)

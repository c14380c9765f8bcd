# target: holder
q = [1, 2, 3]
q.insert(0, 9)
spare = q[:]


def total(values=()):
    return sum(q for q in q[:3]) + len(values)


holder = {"total": total}
print(spare)

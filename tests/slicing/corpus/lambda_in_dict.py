# target: answers
ops = {"add": lambda a, b: a + b, "mul": lambda a, b: a * b}
used = []
answers = {}
for name in ops:
    used.append(name)
    answers[name] = ops[name](3, 4)
ops["sub"] = lambda a, b: a - b
print(used)

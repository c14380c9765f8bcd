# target: result
template = """
def {name}(x):
    return x {op} {n}
"""
for name, op, n in [("inc", "+", 1), ("triple", "*", 3)]:
    exec(template.format(name=name, op=op, n=n))
first = inc(1)
result = triple(5)
print(first)

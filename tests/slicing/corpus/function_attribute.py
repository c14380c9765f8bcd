# target: result
def f(x):
    return x * f.factor


f.factor = 2
f.doc = "scales"
early = f(1)
f.factor = 7
result = f(3)
print(early, f.doc)

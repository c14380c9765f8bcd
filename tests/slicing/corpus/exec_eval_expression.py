# target: values
formula = "a * x + b"
a, b = 2, 1
unused = 17
values = [eval(formula, {"a": a, "b": b, "x": x}) for x in range(3)]
total = eval("unused + 1")
print(total)

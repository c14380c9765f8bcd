# target: values
functions = []
for i in range(3):
    functions.append(lambda: i * 10)
names = [str(n) for n in range(2)]
values = [f() for f in functions]
print(names)

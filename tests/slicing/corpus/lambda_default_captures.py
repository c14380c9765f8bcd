# target: values
values = []
adders = [lambda v, n=n: values.append(v + n) for n in range(3)]
for add in adders:
    add(10)
    print(len(values))
n = 50

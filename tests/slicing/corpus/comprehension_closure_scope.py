# target: results
n = 100
functions = [lambda x, n=n: x + n for n in range(3)]
late = [lambda: n for n in range(3)]
results = [f(1) for f in functions] + [late[0](), n]
doubled = [r * 2 for r in results]
print(doubled)

# target: x
x = 5
squares = [x * x for x in range(10)]
cubes = {x: x**3 for x in range(3)}
x = x + 1
print(squares, cubes)

# target: rest
squares = map(lambda n: n * n, range(6))
first_two = [next(squares), next(squares)]
rest = list(squares)
empty = list(squares)
print(first_two, empty)

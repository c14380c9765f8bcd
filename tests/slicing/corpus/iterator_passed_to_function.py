# target: values
def take(it, n):
    return [next(it) for _ in range(n)]


numbers = iter(range(10))
header = take(numbers, 2)
values = take(numbers, 3)
footer = take(numbers, 1)
print(header, footer)

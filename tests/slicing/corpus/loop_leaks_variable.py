# target: n, last
squares = []
for n in range(5):
    last = n * 2
    squares.append(n * n)
print(squares)

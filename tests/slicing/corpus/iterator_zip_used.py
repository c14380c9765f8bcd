# target: rest
numbers = iter([1, 2, 3, 4, 5])
letters = "ab"
pairs = list(zip(letters, numbers))
rest = list(numbers)
print(pairs)
size = len(letters)

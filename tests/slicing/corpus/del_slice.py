# target: letters
letters = list("abcdefg")
numbers = list(range(5))
del letters[1:3]
del numbers[::2]
del letters[-1], numbers[0]
print(numbers)

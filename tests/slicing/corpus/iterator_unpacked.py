# target: remaining
tokens = iter("a b c d e".split())
first, second = next(tokens), next(tokens)
count = 2
count += 1
remaining = " ".join(tokens)
print(first, second, count)

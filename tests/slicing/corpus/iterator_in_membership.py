# target: after
stream = iter(range(10))
has_three = 3 in stream
after = next(stream)
print(has_three)
counter = 0
counter += after

# target: rest
letters = list("abcdef")
back = reversed(letters)
last = next(back)
total = len(letters)
rest = "".join(back)
print(last, total)

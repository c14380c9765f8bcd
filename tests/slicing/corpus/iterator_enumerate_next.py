# target: pairs
pairs = enumerate("abcd")
i, first = next(pairs)
label = f"{i}:{first}"
pairs = list(pairs)
print(label)

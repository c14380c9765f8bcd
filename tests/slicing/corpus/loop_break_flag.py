# target: position
words = ["tea", "jam", "oil", "jam"]
comparisons = 0
position = None
for i, word in enumerate(words):
    comparisons += 1
    if word == "jam":
        position = i
        break
print(comparisons)

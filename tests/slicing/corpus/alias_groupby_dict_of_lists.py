# target: words
words = [["b", 0], ["a", 0], ["b", 0]]
groups = {}
for word in words:
    groups.setdefault(word[0], []).append(word)
for name, members in groups.items():
    for member in members:
        member[1] = len(members)
sizes = {k: len(v) for k, v in groups.items()}
print(sizes)

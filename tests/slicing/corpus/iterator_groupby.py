# target: groups
from itertools import groupby

words = sorted(["apple", "bob", "avocado", "bee"])
groups = {}
sizes = []
for letter, members in groupby(words, key=lambda w: w[0]):
    groups[letter] = list(members)
    sizes.append(len(groups[letter]))
print(sizes)

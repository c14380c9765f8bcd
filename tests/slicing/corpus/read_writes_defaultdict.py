# target: groups
from collections import defaultdict

groups = defaultdict(list)
other = {}
for word in ["apple", "avocado", "beet"]:
    groups[word[0]].append(word)
    other[word] = len(word)
missing = groups["z"]
print(missing, other)

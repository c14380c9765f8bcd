# target: counts
from collections import Counter

text = "the cat the dog"
counts = Counter(text.split())
missing = counts["bird"]
top = counts.most_common(1)
counts.update(["cat", "cat"])
counts.subtract({"dog": 1})
print(missing, top)

# target: top
import string
from collections import Counter

text = "It was the best of times, it was the worst of times."
table = str.maketrans("", "", string.punctuation)
words = text.lower().translate(table).split()
stop = {"it", "the", "of"}
skipped = 0
counts = Counter()
for word in words:
    if word in stop:
        skipped += 1
        continue
    counts[word] += 1
top = counts.most_common(2)
print(skipped, len(words))

# target: matrix
from collections import Counter

import numpy as np

documents = ["the cat sat", "the dog sat down", "cat and dog"]
tokens = [d.split() for d in documents]
vocabulary = sorted({t for doc in tokens for t in doc})
position = {t: i for i, t in enumerate(vocabulary)}
matrix = np.zeros((len(documents), len(vocabulary)), dtype=int)
longest = 0
for row, doc in enumerate(tokens):
    longest = max(longest, len(doc))
    for token, n in Counter(doc).items():
        matrix[row, position[token]] = n
common = Counter(t for doc in tokens for t in doc).most_common(2)
print(longest, common)

# target: summary
def tally(word, counts={}):
    counts[word] = counts.get(word, 0) + 1
    return counts


for w in ["a", "b", "a"]:
    tally(w)
print("tallied")
summary = dict(tally("c"))
size = len(summary)

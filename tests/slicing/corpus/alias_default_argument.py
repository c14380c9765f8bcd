# target: seen
seen = []


def remember(item, memory=seen):
    memory.append(item)
    return len(memory)


counts = []
for word in ["ham", "egg", "ham"]:
    counts.append(remember(word))
print(counts)
unrelated = {"x": 1}
unrelated["y"] = 2

# target: lengths
todo = [1, 2, 3]
seen = []
lengths = []
while todo:
    lengths.append(len(seen))
    seen.append("x")
    todo.pop()
print(seen)

# target: queue
queue = [1]
seen = 0
for item in queue:
    seen += 1
    if item < 20:
        queue.append(item * 3)
print(seen)

# target: queue
queue = []
push = queue.append
push("first")
banner = "=" * 10
print(banner)
for n in range(3):
    push(n)
length = len(banner)

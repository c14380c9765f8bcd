# target: collected
collected = []
noise = []
for n in range(3):
    exec(f"collected.append({n} * 2)")
    noise.append(n)
print(noise)

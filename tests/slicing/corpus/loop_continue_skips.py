# target: kept
kept = []
dropped = 0
for n in range(8):
    if n % 3 == 0:
        dropped += 1
        continue
    kept.append(n)
    print("kept", n)
print(dropped)

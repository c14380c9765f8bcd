# target: data
data = [4, 2, 5, 1]
swaps = 0
for end in range(len(data) - 1, 0, -1):
    for k in range(end):
        if data[k] > data[k + 1]:
            data[k], data[k + 1] = data[k + 1], data[k]
            swaps += 1
            print("swap", k)
print(swaps)

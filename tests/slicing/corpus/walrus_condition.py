# target: size
data = [3, 1, 4, 1, 5]
if (size := len(data)) > 3:
    print("many", size)
note = "done"
print(note)

# target: box
class Box:
    pass


box = Box()
seen = []
for box.value in range(4):
    seen.append(box.value)
print(seen)

# target: boxes
class Box:
    def __init__(self, n):
        self.n = n


boxes = [Box(i) for i in range(3)]
big = [box for box in boxes if box.n > 0]
for box in big:
    box.n *= 10
label = "boxes: " + str(len(boxes))
print(label)

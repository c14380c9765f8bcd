# target: box
class Box:
    def __init__(self):
        self._items = []

    @property
    def items(self):
        return self._items


box = Box()
box.items.append("pen")
things = box.items
things.append("ink")
weight = len(things) * 2
print(weight)

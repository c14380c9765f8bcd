# target: bag
class Bag:
    def __init__(self):
        self.items = []

    def __iadd__(self, item):
        self.items.append(item)
        return self

    def __lshift__(self, item):
        self.items.insert(0, item)
        return self

    def __len__(self):
        return len(self.items)


bag = Bag()
other = Bag()
bag += "a"
other += "x"
bag << "b" << "c"
size = len(bag)
print(size, len(other))

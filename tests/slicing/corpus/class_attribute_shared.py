# target: second
class Basket:
    items = []

    def add(self, item):
        self.items.append(item)


first = Basket()
second = Basket().items
first.add("apple")
label = "basket"
print(label, second)

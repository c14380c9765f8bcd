# target: count
class Widget:
    count = 0

    def __init__(self):
        Widget.count += 1
        self.number = Widget.count


first = Widget()
second = Widget()
label = f"widget {first.number}"
count = Widget.count
third = Widget()
print(label)

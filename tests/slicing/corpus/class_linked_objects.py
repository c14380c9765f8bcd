# target: parent
class Node:
    def __init__(self, name, parent=None):
        self.name = name
        self.children = []
        if parent is not None:
            parent.children.append(self)


parent = Node("root")
child = Node("leaf", parent)
Node("second", parent)
orphan = Node("orphan")
label = orphan.name + child.name
print(label)

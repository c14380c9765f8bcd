# target: leaves, root
counts = {"made": 0}


class Node:
    def __init__(self, depth):
        counts["made"] += 1
        self.depth = depth
        self.items = [Node(depth - 1) for _ in range(2)] if depth else []
        self.marks = []

    def mark(self, text, leaves):
        if not self.items:
            self.marks.append(text)
            leaves.append(self)
        for each in self.items:
            each.mark(text + str(counts["made"]), leaves)


leaves = []
root = Node(2)
root.mark("a", leaves)
counts["made"] = 0
leaves[1].mark("b", [])
leaves[0].depth = 9
unused = Node(1)
unused.mark("c", [])

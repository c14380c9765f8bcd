# target: left, right, chosen, turned, seen, looped
class Node:
    def __init__(self, value):
        self.value = value
        self.next = None
        self.marks = 0


def mark(node, by):
    node.marks += by
    node.value = node.value + 1
    return node


nodes = [Node(i) for i in range(3)]
for before, after in zip(nodes, nodes[1:]):
    before.next = after
    after.value += before.value
left, right = Node(10), Node(20)
pair = {"left": left, "right": right}
pair["left"].marks = 5
mark(pair["right"], 2)
which = left if nodes[0].marks == 0 else right
which.value = -1
chosen = which.marks, pair["left"].value
pair["left"], pair["right"] = pair["right"], pair["left"]
turned = pair["left"].marks
seen = []
node = nodes[0]
while node is not None:
    seen.append(node.value)
    node.marks = len(seen)
    node = node.next
looped = nodes[2].marks
left = left.value
right = right.value, right.marks

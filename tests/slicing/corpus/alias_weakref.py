# target: node
import weakref


class Node:
    value = 1


node = Node()
spare = Node()
ref = weakref.ref(node)
ref().value = 42
spare.value = 7
print(spare.value)

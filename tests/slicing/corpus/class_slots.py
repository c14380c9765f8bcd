# target: node
class Node:
    __slots__ = ("value", "next")

    def __init__(self, value, next=None):
        self.value = value
        self.next = next


tail = Node(3)
node = Node(1, Node(2, tail))
extra = Node(9)
tail.value = 30
extra.value = 0
length = 0
cur = node
while cur:
    length += 1
    cur = cur.next
print(length)

# target: ring
from collections import deque

ring = deque([1, 2, 3, 4], maxlen=4)
ring.rotate(1)
ring.append(9)
first = ring[0]
history = deque()
history.appendleft(first)
print(history)

# target: distance
from collections import deque

edges = [("a", "b"), ("b", "c"), ("a", "d"), ("d", "c"), ("x", "y")]
graph = {}
for u, v in edges:
    graph.setdefault(u, set()).add(v)
    graph.setdefault(v, set()).add(u)
degree = {node: len(others) for node, others in graph.items()}
distance = {"a": 0}
order = []
queue = deque(["a"])
while queue:
    node = queue.popleft()
    order.append(node)
    for other in sorted(graph[node]):
        if other not in distance:
            distance[other] = distance[node] + 1
            queue.append(other)
print(order, degree)

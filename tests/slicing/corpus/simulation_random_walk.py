# target: path
import random

rng = random.Random(2)
path = [(0, 0)]
turns = {"N": 0, "S": 0, "E": 0, "W": 0}
moves = {"N": (0, 1), "S": (0, -1), "E": (1, 0), "W": (-1, 0)}
for _ in range(8):
    turn = rng.choice(sorted(moves))
    turns[turn] += 1
    dx, dy = moves[turn]
    x, y = path[-1]
    path.append((x + dx, y + dy))
farthest = max(abs(x) + abs(y) for x, y in path)
print(turns, farthest)

# target: second
import random


def draw(rng, n):
    return [rng.randint(0, 9) for _ in range(n)]


rng = random.Random(5)
other = random.Random(6)
first = draw(rng, 3)
ignored = draw(other, 3)
second = draw(rng, 2)
print(first, ignored)

# target: deck, hand
import random

rng = random.Random(3)
deck = list(range(10))
shuffled = deck[:]
rng.shuffle(shuffled)
hand = shuffled[:3]
rng.shuffle(deck)
rest = shuffled[3:]
print(rest)

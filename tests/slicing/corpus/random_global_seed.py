# target: picks
import random

random.seed(11)
deck = list(range(20))
random.shuffle(deck)
jokers = ["a", "b"]
jokers.append("c")
picks = random.sample(range(100), 3)
print(deck[:2], jokers)

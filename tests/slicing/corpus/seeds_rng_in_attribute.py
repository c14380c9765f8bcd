# target: roll
import random


class Dice:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.rolls = 0

    def roll(self):
        self.rolls += 1
        return self.rng.randint(1, 6)


dice = Dice(4)
extra = Dice(5)
opening = [dice.roll(), dice.roll()]
waste = extra.roll()
roll = dice.roll()
print(opening, waste)

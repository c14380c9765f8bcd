# target: names
import random

random.seed(3)
names = ["a", "b", "c", "d"]
numbers = [1, 2, 3]
random.shuffle(numbers)
random.shuffle(names)
total = sum(numbers)
print(total)

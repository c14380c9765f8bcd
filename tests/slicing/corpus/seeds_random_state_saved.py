# target: again
import random

random.seed(9)
state = random.getstate()
once = [random.random() for _ in range(2)]
random.setstate(state)
again = [random.random() for _ in range(2)]
print(once)
later = random.random()

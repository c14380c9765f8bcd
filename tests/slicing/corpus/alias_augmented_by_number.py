# target: numbers, rows, price
import numpy as np


class Price:
    def __init__(self, cents):
        self.cents = cents

    def __iadd__(self, more):
        self.cents += more
        return self


numbers = np.zeros(2)
rows = [1, 2]
price = Price(100)
name, count, array, part, cost = ["a", 3, numbers, rows, price]
count += 1
array += 1
part *= 2
cost += 5
price = price.cents
print(count)

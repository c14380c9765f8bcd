# target: total
class Cart:
    tax = 1

    def sum(self):
        return sum(self.items) * self.tax


class Basket:
    sum = Cart.sum
    tax = 3

    def __init__(self):
        self.items = [1, 2]


basket = Basket()
first = basket.sum()
Basket.tax = 10
basket.items.append(7)
total = basket.sum()
print(first)

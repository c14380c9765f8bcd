# target: cart
prices = [3, 5, 8]
names = ["tea", "jam", "oil"]
cart = []
basket = cart
for price in prices:
    basket.append(price * 2)
print("items:", len(basket))
names.reverse()
total = sum(prices)
print(total)

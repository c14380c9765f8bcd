# target: remaining
budget = [10]
remaining = 10
bought = []


def offers():
    for price in [3, 4, 5]:
        if price <= budget[0]:
            yield price


for price in offers():
    budget[0] -= price
    remaining -= price
    bought.append(price)
print(bought)

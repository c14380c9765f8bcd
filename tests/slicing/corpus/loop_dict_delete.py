# target: stock
stock = {"tea": 0, "jam": 3, "oil": 0}
removed = []
for name in list(stock):
    if not stock[name]:
        removed.append(name)
        del stock[name]
print(removed)

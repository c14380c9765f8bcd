# target: inventory
inventory = {"apples": 3, "pears": 0}
alerts = []
inventory["plums"] = 12


def report(stock):
    for name, n in sorted(stock.items()):
        print(f"{name:10} {n}")
        if n == 0:
            alerts.append(name)


report(inventory)
inventory["pears"] += 5
total = sum(inventory.values())
report(inventory)
print(total, alerts)

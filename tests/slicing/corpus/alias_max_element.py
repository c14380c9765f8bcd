# target: accounts
accounts = [{"id": 1, "sum": 5}, {"id": 2, "sum": 50}]
richest = max(accounts, key=lambda a: a["sum"])
richest["vip"] = True
total = sum(a["sum"] for a in accounts)
print(total)

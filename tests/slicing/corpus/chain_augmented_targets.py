# target: row
table = {"row": [1, 2, 3]}
row = table["row"]
table["row"][0] += 10
table["row"] += [4]
table["other"] = [0]
table["other"][0] -= 1
print(table["other"])

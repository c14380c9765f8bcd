# target: row
row = [0, 0, 0]
other = [9, 9]
table = [row, other]
table[0][1] = 5
table[1][0] = 7
message = f"{len(table)} rows"
print(message)

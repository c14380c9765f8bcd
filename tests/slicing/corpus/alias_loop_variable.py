# target: rows
rows = [[1, 2], [3, 4]]
seen = 0
for row in rows:
    row.append(sum(row))
    seen += 1
print("rows:", seen)

# target: rows
rows = [{"k": 3}, {"k": 1}, {"k": 2}]
ranked = sorted(rows, key=lambda r: r["k"], reverse=True)
for rank, row in enumerate(ranked, 1):
    row["rank"] = rank
best = ranked[0]["k"]
print(best)

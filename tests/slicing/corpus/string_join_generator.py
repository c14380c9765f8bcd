# target: csv_text
rows = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
header = list(rows[0])
widths = [len(h) for h in header]
csv_text = "\n".join([",".join(header)] + [",".join(str(r[h]) for h in header) for r in rows])
print(widths)

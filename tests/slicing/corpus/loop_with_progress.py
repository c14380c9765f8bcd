# target: total, seen, rest
from tqdm import tqdm

rows = [[1], [2], [3]]
total = 0
for row in tqdm(rows, disable=True):
    total += row[0]
    row.append(0)
seen = [len(row) for row in rows]
bar = tqdm(rows, disable=True)
bar.set_description("rows")
rest = [row for row in bar if row[0] > 1]

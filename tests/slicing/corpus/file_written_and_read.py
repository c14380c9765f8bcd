# target: rows
import csv

header = ["name", "n"]
with open("data.csv", "w", newline="") as f:
    writer = csv.writer(f)
    writer.writerow(header)
    writer.writerow(["x", 1])
with open("other.txt", "w") as f:
    f.write("unrelated")
with open("data.csv", newline="") as f:
    rows = list(csv.reader(f))
print(len(rows))

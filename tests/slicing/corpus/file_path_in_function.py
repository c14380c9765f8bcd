# target: table
import csv


def write(path, rows):
    with open(path, "w", newline="") as f:
        csv.writer(f).writerows(rows)


def read(path):
    with open(path, newline="") as f:
        return [row for row in csv.reader(f)]


write("left.csv", [[1, 2]])
write("right.csv", [[3, 4]])
left = read("left.csv")
table = read("right.csv")
print(left)

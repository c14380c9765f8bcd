# target: report
def read(lines):
    for line in lines:
        yield line.split(",")


def numbers(rows):
    for row in rows:
        yield int(row[1])


lines = ["a,1", "b,2", "c,3"]
rows = read(lines)
values = numbers(rows)
lines.append("d,4")
report = sum(values)
count = len(lines)
print(count)

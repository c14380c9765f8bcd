# target: shared, picked, holder
rows = [[1], [2]]
limit = ["global"]


class Table:
    rows = 3
    limit = 4
    shared = [rows for _ in range(2)]
    first = [row for row in (limit, 5)]

    def method(self):
        return limit


shared = Table.shared
rows.append([3])
picked = Table.first
holder = Table().method
limit.append("late")

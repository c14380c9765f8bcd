# target: valid
rows = [{"n": 1}, {"n": -1}, {"n": 5}]
valid = []
rejected = 0
for row in rows:
    try:
        assert row["n"] > 0, "negative"
    except AssertionError:
        rejected += 1
    else:
        valid.append(row)
print(rejected)

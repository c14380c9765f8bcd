# target: total, last, best, kinds, seen
rows = [{"n": 1}, {"n": 2}, {"n": 3}]
seen = []
state = {"total": 0, "last": None, "best": -1}
for row in rows:
    state["total"] += row["n"]
    row["twice"] = row["n"] * 2
    row["n"] = row["n"] + 10
    if state["last"] is not None:
        state["best"] = max(state["best"], state["last"])
    state["last"] = row["twice"]
    seen.append(state["total"])
total = state["total"]
last = state["last"]
best = state["best"]
kinds = [row["n"] for row in rows]
while state["total"] > 0:
    state["total"] -= rows[0]["twice"]
    rows[0]["other"] = state["total"]
seen.append(rows[0]["other"])

# target: first
first = {}
fallback = {"x": 1}
chosen = first or fallback
chosen["y"] = 2
picked = fallback and first
picked["z"] = 3
note = len(chosen)
print(note)

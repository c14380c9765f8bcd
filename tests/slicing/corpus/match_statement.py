# target: shape
command = {"kind": "circle", "r": 3}
checked = 0
match command:
    case {"kind": "square", "side": side}:
        shape = side**2
    case {"kind": "circle", "r": r}:
        shape = 3 * r**2
        checked += 1
    case _:
        shape = None
print(checked)

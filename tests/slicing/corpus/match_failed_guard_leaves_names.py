# target: found, kept
numbers = [1, 2, 2]
rest = kept = None
match numbers:
    case [first, *rest] if first > 1:
        pass
    case _:
        found = (rest, numbers)
rest.append(7)
match 3:
    case kept if kept > 4:
        kept = 0

# target: tested
tested = []


def big(n):
    tested.append(n)
    return n > 10


kinds = []
for n in [3, 30]:
    match n:
        case int() if big(n):
            kinds.append("big")
        case _:
            kinds.append("small")
print(kinds)

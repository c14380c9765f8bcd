# target: found
found = []
calls = 0


def search(prefix, rest):
    global calls
    calls += 1
    if not rest:
        found.append("".join(prefix))
        return
    for i, letter in enumerate(rest):
        search([*prefix, letter], rest[:i] + rest[i + 1 :])


search([], "abc")
print(calls)

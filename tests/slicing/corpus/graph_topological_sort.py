# target: order
requires = {"app": ["lib", "log"], "lib": ["core"], "log": ["core"], "core": []}
order = []
state = {}
depth = 0
deepest = 0


def visit(name):
    global depth, deepest
    if state.get(name) == "done":
        return
    depth += 1
    deepest = max(deepest, depth)
    for other in requires[name]:
        visit(other)
    depth -= 1
    state[name] = "done"
    order.append(name)


for name in requires:
    visit(name)
print(deepest)

# target: found, seen
tree = {"a": {"b": {}, "c": {"d": {}}}, "e": {}}
seen = []
depths = []


def walk(node, trail):
    for name, inner in node.items():
        seen.append(name)
        trail.append(len(trail))
        yield [name, *trail]
        yield from walk(inner, trail)
        trail.pop()


found = []
for path in walk(tree, depths):
    found.append(path)
    path.append("end")
found[-1].append("last")
tree["f"] = {}
more = list(walk(tree, depths))
more[-1].append("x")
print(more)

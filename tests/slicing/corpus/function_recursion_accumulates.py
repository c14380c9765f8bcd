# target: paths
paths = []
visited = 0


def walk(tree, prefix):
    global visited
    visited += 1
    for name, child in tree.items():
        if child:
            walk(child, prefix + [name])
        else:
            paths.append("/".join(prefix + [name]))


walk({"a": {"b": {}, "c": {}}, "d": {}}, [])
print(visited)

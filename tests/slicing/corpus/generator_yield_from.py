# target: flat
def flatten(tree):
    for node in tree:
        if isinstance(node, list):
            yield from flatten(node)
        else:
            yield node


tree = [1, [2, [3, 4]], 5]
depth = 3
flat = list(flatten(tree))
print(depth, len(flat))

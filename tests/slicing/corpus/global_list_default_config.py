# target: output
VERBOSE = False
SEPARATOR = ", "


def render(items):
    if VERBOSE:
        print("rendering", len(items))
    return SEPARATOR.join(items)


draft = render(["x"])
SEPARATOR = " / "
output = render(["a", "b"])
VERBOSE = True
print(draft)

# target: counter
counter = {"n": 0}
errors = 0


def bump():
    counter["n"] += 1


def process(items):
    for _ in items:
        bump()
    return len(items)


def fail():
    global errors
    errors += 1


process("abc")
fail()
size = process("de")
print(size, errors)

# target: second
first = list("ab")


def list(text):
    return "list of " + text


second = list("cd")
third = len(first)
print(third)

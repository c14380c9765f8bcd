# target: log
log = []


def check(name, answer):
    log.append(name)
    return answer


passed = check("a", True) and check("b", False) and check("c", True)
other = check("d", True) or check("e", True)
print(passed, other)

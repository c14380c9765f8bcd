# target: result, log
log = []


def f():
    try:
        log.append("try")
        return "value"
    finally:
        log.append("finally")


def g():
    for i in range(3):
        try:
            continue
        finally:
            print("loop", i)
    return i


result = f()
noise = g()
print(noise)

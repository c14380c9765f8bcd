# target: log
log = []


def steps():
    log.append("start")
    yield 1
    log.append("middle")
    yield 2
    log.append("end")


process = steps()
a = next(process)
b = next(process)
print(a + b)
idle = steps()

# target: level
level = 1
log = []


def outer():
    def inner():
        global level
        level = level * 3

    inner()
    log.append("inner")


outer()
outer()
print(log)

# target: rest
command = "copy a.txt b.txt c.txt".split()
log = []
match command:
    case ["move", *names]:
        rest = names[::-1]
    case ["copy", source, *rest]:
        log.append(source)
    case _:
        rest = []
print(log)

# target: count, name, log, last
count = 0
name = "x"
log = []
last = None


def step(n):
    global count, last
    global name
    last = n
    if n > 1:
        count += n
        log.append(name)
    elif n == 1:
        name = name + "!"
    else:
        name = "zero"
    return n


for n in (0, 1, 2, 3):
    step(n)
step(1)

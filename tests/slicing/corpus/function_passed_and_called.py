# target: log
log = []


def apply(function, times):
    for i in range(times):
        function(i)
    return times


def write(i):
    log.append(i * i)


count = apply(write, 3)
quiet = apply(lambda i: None, 2)
print(count, quiet)

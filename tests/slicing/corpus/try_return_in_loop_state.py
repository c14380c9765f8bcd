# target: attempts
attempts = []


def retry(function, times):
    for n in range(times):
        attempts.append(n)
        try:
            return function(n)
        except ValueError:
            continue
    return None


def flaky(n):
    if n < 2:
        raise ValueError(n)
    return n * 10


value = retry(flaky, 5)
spare = retry(lambda n: n, 0)
print(value, spare)

# target: answer
def is_even(n):
    return n == 0 or is_odd(n - 1)


def is_odd(n):
    return n != 0 and is_even(n - 1)


def unused(n):
    return is_even(n)


noise = unused(4)
answer = [n for n in range(6) if is_odd(n)]
print(noise)

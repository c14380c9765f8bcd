# target: memo
memo = {}
calls = 0


def fib(n):
    global calls
    calls += 1
    if n < 2:
        return n
    if n not in memo:
        memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]


value = fib(10)
print(value, calls)

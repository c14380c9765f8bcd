# target: message
n = 10
trace = []
while n > 3:
    n -= 4
    trace.append(n)
    if n == 5:
        message = "five"
        break
else:
    message = "none"
print(trace)

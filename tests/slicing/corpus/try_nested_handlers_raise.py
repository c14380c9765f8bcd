# target: outcome, count, tail
outcome = []
count = 0
noise = []
tail = 0
try:
    noise.append("in")
    try:
        count += 1
        int("x")
        count += 1
    except ValueError:
        noise.append("inner")
        print("inner")
        raise KeyError("again") from None
    finally:
        tail += 1
        noise.append("finally")
    outcome.append("never")
except KeyError:
    outcome.append("outer")
    noise.append("outer")
try:
    for n in (2, 1, 0):
        count += 1
        tail = 10 // n
except ZeroDivisionError:
    print("by zero")

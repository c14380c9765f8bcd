# target: third
def once(function):
    result = []

    def wrapper(*args):
        if not result:
            result.append(function(*args))
        return result[0]

    return wrapper


@once
def setup(n):
    return {"n": n}


first = setup(1)
second = setup(2)
third = setup(3)
print(second)

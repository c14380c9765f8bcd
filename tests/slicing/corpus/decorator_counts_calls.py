# target: calls
calls = {}


def counted(function):
    def wrapper(*args, **kwargs):
        calls[function.__name__] = calls.get(function.__name__, 0) + 1
        return function(*args, **kwargs)

    return wrapper


@counted
def area(w, h):
    return w * h


@counted
def unused():
    return None


a = area(2, 3)
b = area(4, 5)
print(a + b)

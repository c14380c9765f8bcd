# target: result
import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        print("calling", function.__name__)
        return function(*args)

    return wrapper


def doubled(function):
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper


@logged
@doubled
def add(a, b):
    return a + b


other = add(1, 1)
result = add(2, 3)
print(other)

# target: hooks
import atexit

hooks = []


def register(function):
    hooks.append(function.__name__)
    atexit.register(function)
    return function


@register
def goodbye():
    print("bye")


count = len(hooks)
print(count)

# target: first, second, third, fourth, tried
import contextlib

tried = []


def checked(data):
    data["needed"]
    tried.append(len(data))
    return 1


def deeper(data):
    note = checked(data)
    return note * 2


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return True


@contextlib.contextmanager
def quiet():
    with contextlib.suppress(KeyError):
        yield


first = second = third = fourth = 0
try:
    first = deeper({})
except KeyError:
    first = -1
with contextlib.suppress(KeyError):
    checked({})
    second = 5
with Quiet():
    deeper({})
    third = 5
with quiet():
    checked({})
    fourth = 5
checked({"needed": 1})

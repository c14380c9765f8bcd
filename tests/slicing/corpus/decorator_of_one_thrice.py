# target: calls, result
calls = []
limit = 3


def counted(function):
    def inner(value):
        calls.append(value)
        return function(value + 1)

    return inner


@counted
@counted
@counted
@counted
def final(value):
    calls.append([value, limit])
    return calls[-1]


limit = 4
result = final(1)
result.append("changed")
limit = 5

# target: table
def call(function):
    return function()


@call
def table():
    rows = []
    for i in range(3):
        rows.append(i * i)
    return rows


@call
def banner():
    return "=" * 20


print(banner)

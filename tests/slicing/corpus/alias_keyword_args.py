# target: options
def update(**kwargs):
    kwargs["options"]["debug"] = True
    kwargs["other"] = 1
    return len(kwargs)


options = {}
n = update(options=options)
params = {"options": options}
m = update(**params)
print(n, m)

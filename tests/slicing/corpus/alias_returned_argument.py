# target: config
def with_defaults(options):
    options.setdefault("retries", 3)
    return options


config = {"url": "localhost"}
same = with_defaults(config)
same["timeout"] = 5
copy = dict(config)
copy["extra"] = True
print(copy)

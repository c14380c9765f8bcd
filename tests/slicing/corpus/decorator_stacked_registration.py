# target: routes
routes = []
spare = []


def route(path, table=routes):
    def wrap(function):
        table.append((path, function.__name__))
        return function

    return wrap


@route("/a")
@route("/b")
@route("/hidden", table=spare)
def page():
    return "page"


html = page()
print(html, spare)

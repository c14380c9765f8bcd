# target: third
def make_counter():
    count = 0

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


step = make_counter()
other = make_counter()
first = step()
other(50)
second = step(5)
third = step()
print(first, second)

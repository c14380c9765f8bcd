# target: guard
class Guard:
    def __init__(self):
        self.checks = 0

    def __bool__(self):
        self.checks += 1
        return self.checks > 1


guard = Guard()
if guard:
    print("first")
if not guard:
    print("second")
state = "x" if guard else "y"
print(state)

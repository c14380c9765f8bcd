# target: audit
audit = []


def audited(method):
    def wrapper(self, *args):
        audit.append((method.__name__, args))
        return method(self, *args)

    return wrapper


class Account:
    def __init__(self):
        self.sum = 0

    @audited
    def pay(self, n):
        self.sum += n

    def peek(self):
        return self.sum


acc = Account()
acc.pay(5)
seen = acc.peek()
acc.pay(7)
print(seen)

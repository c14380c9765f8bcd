# target: history
class Logged:
    def __init__(self, history):
        self.history = history

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner=None):
        return getattr(obj, self.name)

    def __set__(self, obj, value):
        self.history.append(value)
        setattr(obj, self.name, value)


history = []


class Account:
    balance = Logged(history)


acc = Account()
acc.balance = 5
acc.balance += 10
current = acc.balance
print(current)

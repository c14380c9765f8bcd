# target: total, label, both, named, twice, shown
class Account:
    rate = 2
    kinds = []

    def __init__(self, owner, total):
        self.owner = owner
        self.total = total
        self.events = []
        self._hidden = 0
        self.__private = 1

    def add(self, n):
        self.events.append(n)
        self.total += n * self.rate
        self.__private += n
        return self

    def private(self):
        return self.__private

    @property
    def label(self):
        return f"{self.owner}: {self._hidden}"

    def __repr__(self):
        return f"{self.owner} {self.total}"


account = Account("a", 1)
account.rate = 3
account.add(5)
account.owner = "b"
account._hidden = 7
total = account.total
label = account.label
both = account.private(), account._Account__private
named = [name for name in vars(account) if "_" not in name]
account.later = 1
setattr(account, "total", 100)
setattr(account, "".join(["ra", "te"]), 9)
twice = account.add(1).total
shown = repr(account)
account.owner = "c"

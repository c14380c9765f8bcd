# target: balance, entries, total, name, audited
audited = []


class Account:
    rate = 2

    def __init__(self, owner):
        self.owner = owner
        self.balance = 0
        self.entries = []

    def add(self, amount):
        self.balance += amount
        self.entries.append(amount)
        self._audit("add", amount)
        return self

    def _audit(self, what, amount):
        audited.append((what, amount))
        self.last = what

    def __call__(self, by):
        self.balance *= by
        audited.append("call")
        return self.balance

    def __iadd__(self, amount):
        audited.append("iadd")
        self.add(amount)
        return self


class Savings(Account):
    def __init__(self, owner, bonus=1):
        super().__init__(owner)
        self.bonus = bonus
        audited.append(owner)

    def add(self, amount):
        extra = self.bonus * self.rate
        super().add(amount + extra)
        Savings.rate = self.rate + 1
        return self


account = Savings("ann")
account.add(5).add(6)
account(2)
account += 1
balance = account.balance
entries = account.entries
name = account.owner
other = Account("bob")
other.add(1)
total = other.balance

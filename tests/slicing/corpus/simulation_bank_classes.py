# target: balances
class Account:
    fee = 1

    def __init__(self, owner, sum=0):
        self.owner, self.sum = owner, sum
        self.log = []

    def move(self, other, n):
        self.sum -= n + self.fee
        other.sum += n
        self.log.append((other.owner, n))


ann, bob, eve = Account("ann", 100), Account("bob"), Account("eve", 50)
ann.move(bob, 30)
report = [f"{a.owner}: {a.sum}" for a in (ann, bob)]
Account.fee = 5
bob.move(ann, 10)
eve.move(eve, 0)
balances = {a.owner: a.sum for a in (ann, bob)}
print(report, eve.log)

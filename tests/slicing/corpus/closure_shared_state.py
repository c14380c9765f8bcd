# target: balance
def account(start):
    balance = start
    history = []

    def deposit(n):
        nonlocal balance
        balance += n
        history.append(n)

    def read():
        return balance

    return deposit, read


deposit, read = account(100)
deposit2, read2 = account(0)
deposit(50)
deposit2(7)
deposit(-20)
balance = read()
print(read2())

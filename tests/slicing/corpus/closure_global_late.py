# target: price
tax = 0.1


def priced(base):
    def compute():
        return base * (1 + tax)

    return compute


tea = priced(100)
jam = priced(50)
early = jam()
tax = 0.5
price = tea()
print(early)

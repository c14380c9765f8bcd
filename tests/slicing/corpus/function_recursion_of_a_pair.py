# target: evens, odds
evens, odds = [], []
names = {}


def even(numbers, mine, others):
    if numbers:
        mine.append(numbers[0])
        odd(numbers[1:], others, mine)


def odd(numbers, mine, others):
    if numbers:
        even([numbers[0], *numbers[1:]][1:], others, mine)
        mine.insert(0, numbers[0])


even([0, 1, 2, 3], evens, odds)
names["last"] = 5
even([4, names["last"]], evens, odds)

# target: compared
compared = []


class Key:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        compared.append((self.n, other.n))
        return self.n < other.n


keys = [Key(3), Key(1), Key(2)]
ordered = sorted(keys)
lowest = ordered[0].n
print(lowest)

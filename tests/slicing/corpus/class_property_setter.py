# target: celsius
class Temperature:
    def __init__(self):
        self.celsius = 0.0
        self.changes = 0

    @property
    def fahrenheit(self):
        return self.celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self.celsius = (value - 32) * 5 / 9
        self.changes += 1


t = Temperature()
u = Temperature()
u.fahrenheit = 50
before = t.fahrenheit
t.fahrenheit = 212
celsius = t.celsius
print(before, u.changes)

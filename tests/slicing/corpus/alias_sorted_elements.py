# target: people
class Person:
    def __init__(self, name, age):
        self.name, self.age = name, age


people = [Person("ann", 30), Person("bob", 20)]
youngest = sorted(people, key=lambda p: p.age)[0]
youngest.name = "BOB"
names = [p.name for p in people]
print(names)

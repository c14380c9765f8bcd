# target: described
class Animal:
    kind = "animal"

    def __init__(self, name):
        self.name = name

    def describe(self):
        return f"{self.name} the {self.kind}"


class Dog(Animal):
    kind = "dog"

    def describe(self):
        return super().describe() + "!"


class Cat(Animal):
    kind = "cat"


tom = Cat("tom")
rex = Dog("rex")
Animal.kind = "beast"
described = [rex.describe(), Animal("x").describe()]
print(tom.describe())

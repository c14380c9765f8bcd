# target: result
from abc import ABC, abstractmethod


class Step(ABC):
    @abstractmethod
    def run(self, x): ...

    def __call__(self, x):
        return self.run(x)


class Add(Step):
    def __init__(self, n):
        self.n = n

    def run(self, x):
        return x + self.n


class Echo(Step):
    def run(self, x):
        print(x)
        return x


steps = [Add(1), Echo(), Add(10)]
result = 0
for step in steps:
    result = step(result)

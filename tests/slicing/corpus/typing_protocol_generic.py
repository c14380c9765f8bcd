# target: out
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Sized(Protocol):
    def size(self) -> int: ...


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, x: T) -> None:
        self.items.append(x)

    def size(self) -> int:
        return len(self.items)


def measure(x: Sized) -> int:
    return x.size()


s: Stack[int] = Stack()
s.push(1)
n = measure(s)
s.push(2)
out = s.items
print(n)

# target: order
from dataclasses import dataclass, field

created = []


@dataclass(order=True)
class Line:
    price: float
    qty: int = 1
    total: float = field(init=False, default=0)

    def __post_init__(self):
        self.total = self.price * self.qty
        created.append(self.price)


lines = [Line(5.0, 2), Line(3.0)]
order = sorted(lines)
order[0].qty = 9
print(created)

# target: tags, others, counts, given, table, late
from dataclasses import dataclass, field

made = []


def count():
    made.append(len(made))
    return {"n": len(made)}


@dataclass
class Item:
    name: str
    tags: list = field(default_factory=list)
    counts: dict = field(default_factory=count)


@dataclass
class Priced(Item):
    prices: list = field(default_factory=lambda: [0])

    def __post_init__(self):
        self.prices.append(self.name)


shared = ["new"]
first = Item("a")
second = Item("b", shared)
third = Priced("c", tags=shared)
first.tags.append("x")
second.tags.append("y")
third.tags.append("z")
third.prices.append(1)
tags = first.tags
others = second.tags, third.prices
counts = [item.counts["n"] for item in (first, second)]
second.counts["n"] += 10
given = shared
items = [Item(str(i)) for i in range(2)]
items[0].tags.append("only")
table = {item.name: item.tags for item in items}
late = third.counts, len(made)

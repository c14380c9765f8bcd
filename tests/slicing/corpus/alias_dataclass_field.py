# target: tags
from dataclasses import dataclass, field


@dataclass
class Item:
    name: str
    tags: list = field(default_factory=list)


tags = ["new"]
item = Item("lamp", tags)
other = Item("desk")
other.tags.append("old")
item.tags.append("sale")
print(other)

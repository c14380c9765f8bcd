# target: b
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0


a = Point(1)
b = replace(a, y=5)
d = asdict(a)
d["x"] = 100
print(d)

# target: described
from dataclasses import dataclass


@dataclass
class Circle:
    r: float


@dataclass
class Rect:
    w: float
    h: float


described = []
areas = 0.0
for shape in [Circle(1), Rect(2, 3), "line"]:
    match shape:
        case Circle(r=r):
            described.append(f"circle {r}")
        case Rect(w, h) if w > 1:
            described.append(f"wide {w}x{h}")
            areas += w * h
        case str() as name:
            described.append(name)
print(areas)

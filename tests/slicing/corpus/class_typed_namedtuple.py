# target: rows
from typing import NamedTuple


class Row(NamedTuple):
    name: str
    value: float = 0.0

    def scaled(self, k):
        return self._replace(value=self.value * k)


factor = 2
rows = [Row("a", 1.5).scaled(factor), Row("b")]
factor = 3
widest = max(len(r.name) for r in rows)
print(widest)

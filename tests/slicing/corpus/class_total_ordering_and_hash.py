# target: ordered
from functools import total_ordering

comparisons = []


@total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(map(int, text.split(".")))

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        comparisons.append((self.parts, other.parts))
        return self.parts < other.parts

    __hash__ = None


versions = [Version("1.10"), Version("1.2"), Version("0.9")]
newest = max(versions)
versions.sort()
ordered = [v.parts for v in versions]
print(newest.parts, len(comparisons))

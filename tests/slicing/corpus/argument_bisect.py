# target: ordered
import bisect

ordered = [1, 3, 5]
bisect.insort(ordered, 4)
position = bisect.bisect_left(ordered, 3)
spare = []
bisect.insort(spare, position)
print(spare)

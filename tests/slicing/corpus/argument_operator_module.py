# target: box
import operator

box = [1, 2, 3]
operator.setitem(box, 0, 10)
operator.iadd(box, [4])
operator.delitem(box, 1)
total = operator.add(1, 2)
print(total)

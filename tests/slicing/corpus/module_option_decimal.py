# target: third
from decimal import Decimal, getcontext

one = Decimal(1)
long = one / 7
getcontext().prec = 5
third = one / 3
label = str(long)
print(label)

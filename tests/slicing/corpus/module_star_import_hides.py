# target: result
def floor(x):
    return "mine"


mine = floor(2.5)
from math import *

result = floor(2.5)
up = ceil(2.5)
print(mine, up)

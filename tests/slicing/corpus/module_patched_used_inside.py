# target: area
import math


def circle(r):
    return math.pi * r * r


exact = circle(1)
math.pi = 3
area = circle(2)
print(exact)

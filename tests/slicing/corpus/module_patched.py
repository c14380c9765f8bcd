# target: area
import math

radius = 2
exact = math.pi * radius**2
math.pi = 3
area = math.pi * radius**2
print(exact)

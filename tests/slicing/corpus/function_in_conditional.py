# target: area
precise = True
if precise:

    def pi():
        return 3.14159

else:

    def pi():
        return 3


radius = 2
circumference = 2 * pi() * radius
area = pi() * radius**2
print(circumference)

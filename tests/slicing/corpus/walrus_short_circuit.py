# target: y
x = 5
y = 0
checked = x > 3 or (y := 10)
again = x > 10 or (y := 20)
z = x + 1
print(checked, again, z)

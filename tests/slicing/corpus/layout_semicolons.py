# target: y
x = 1; y = [x]; z = 3
y.append(2); z += 1
if z > 2: y.append(z); print(y)
print(x); x += 1

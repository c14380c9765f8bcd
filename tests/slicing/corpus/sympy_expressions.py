# target: x, y, matrix, changed, total
import sympy

x = sympy.Symbol("x")
y = (x + 1) ** 2
wide = sympy.expand(y)
matrix = sympy.Matrix([[1, 2], [3, 4]])
total = matrix.det() + y.subs(x, 3)
changed = sympy.Matrix([[1, 2], [3, 4]])
changed[0, 0] = 9
changed.row_del(1)
print(wide.coeff(x))

# target: solved, roots, factors, primes, symbols, simplified, first
import sympy as sp

x, y = sp.symbols("x y")
solved = sp.solve(x**2 - 1, x)
solved.append(5)
roots = sp.roots(x**2 - 1, x)
roots.pop(-1)
factors = sp.factorint(12)
factors.setdefault(7, 1)
stream = sp.primerange(2, 20)
next(stream)
primes = list(stream)
symbols = (x + y).free_symbols
symbols.discard(x)
simplified = sp.Matrix([[sp.sin(x) ** 2 + sp.cos(x) ** 2, 2]])
simplified.simplify()
names = sp.numbered_symbols("t")
sp.cse([x + y + sp.sin(x + y)], symbols=names)
first = next(names)

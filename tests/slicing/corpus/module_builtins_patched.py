# target: size
import builtins

plain = len([1, 2, 3])
original = builtins.len
builtins.len = lambda x: original(x) + 100
size = len([1])
builtins.len = original
again = len([])
print(plain, again)

# target: b
def define(name, value):
    globals()[name] = value


a = 1
define("b", 2)
define("c", 3)
b += a
print(c)

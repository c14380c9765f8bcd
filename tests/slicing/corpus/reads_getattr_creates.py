# target: space
class Lazy:
    def __getattr__(self, name):
        value = name * 2
        setattr(self, name, value)
        return value


space = Lazy()
x = space.ab
other = Lazy()
y = other.cd
print(x, y)

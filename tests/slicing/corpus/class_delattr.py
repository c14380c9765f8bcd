# target: left
class Settings:
    pass


s = Settings()
s.a = 1
s.b = 2
s.c = 3
print(s.a)
del s.b
delattr(s, "a")
left = sorted(vars(s))
count = len(left)

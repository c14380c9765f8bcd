# target: table
class Fill(dict):
    def __missing__(self, key):
        self[key] = len(self)
        return self[key]


table = Fill()
a = table["a"]
b = table["b"]
again = table["a"]
print(a, b, again)

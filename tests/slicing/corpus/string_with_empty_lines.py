# target: length, ran, shown, made
unused = 1
text = """a




b

# no comment



c"""


other = 2





length = len(text)
exec(
    """
class A:




    def m(self):
        return "one



two"
    def unused(self):
        return 4
""".replace("one\n\n\n\ntwo", "one")
)
ran = A().m()


def lines():
    unused = 5
    found = """




"""
    return found.count("\n")


shown = lines()
exec("\n" * 60 + "class B:\n    def m(self):\n        return 1\n    def n(self):\n        return 2\n")
made = B().m()

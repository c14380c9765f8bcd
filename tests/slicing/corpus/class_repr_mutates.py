# target: calls
class Shy:
    calls = 0

    def __repr__(self):
        Shy.calls += 1
        return "Shy()"


shy = Shy()
text = f"{shy!r} and {shy}"
calls = Shy.calls
print(text)

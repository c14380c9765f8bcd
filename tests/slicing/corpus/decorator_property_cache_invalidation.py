# target: second
class Doc:
    def __init__(self, text):
        self.text = text
        self._cache = {}

    def count(self):
        if "n" not in self._cache:
            self._cache["n"] = len(self.text)
        return self._cache["n"]


doc = Doc("abc")
first = doc.count()
doc.text += "defg"
second = doc.count()
size = len(doc.text)
print(first, size)

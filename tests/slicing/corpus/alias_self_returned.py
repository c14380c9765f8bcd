# target: query
class Query:
    def __init__(self):
        self.parts = []

    def where(self, text):
        self.parts.append(text)
        return self


query = Query()
final = query.where("a > 1").where("b < 2")
unused = Query().where("c = 3")
print(len(final.parts), unused.parts)

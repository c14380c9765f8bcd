# target: parsed
class Date:
    separator = "-"

    def __init__(self, y, m):
        self.y, self.m = y, m

    @classmethod
    def parse(cls, text):
        return cls(*map(int, text.split(cls.separator)))

    @staticmethod
    def valid(text):
        return "-" in text


ok = Date.valid("2020-01")
Date.separator = "/"
parsed = Date.parse("2021/07")
print(ok)

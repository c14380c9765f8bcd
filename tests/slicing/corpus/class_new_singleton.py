# target: value
class Config:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.values = {}
        return cls._instance


a = Config()
a.values["x"] = 1
b = Config()
b.values["y"] = 2
value = Config().values
c = len(a.values)
print(c)

# target: Settings_table
Settings_table = {"a": 1}


class Settings:
    table = Settings_table
    size = len(table)

    def __class_getitem__(cls, key):
        cls.table[key] = 0
        return key


name = Settings["b"]
Settings.table["c"] = 3
width = Settings.size
print(name, width)

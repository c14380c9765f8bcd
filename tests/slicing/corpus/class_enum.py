# target: chosen
import enum


class Color(enum.Enum):
    RED = 1
    GREEN = 2

    @property
    def hex(self):
        return {"RED": "#f00", "GREEN": "#0f0"}[self.name]


class Unused(enum.IntEnum):
    A = 1


favorites = {"ann": Color.RED, "bob": Color.GREEN}
chosen = [favorites[k].hex for k in sorted(favorites)]
flags = Unused.A + 1
print(flags)

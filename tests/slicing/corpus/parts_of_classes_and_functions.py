# target: tax, doubled, counted, shadowed, patched, listed, called, keys, defaults
class Base:
    tax = 1
    step = 1

    def price(self, n):
        return n * self.tax

    @classmethod
    def raise_tax(cls):
        cls.tax = cls.tax + Base.step
        cls.raised = True


class Special(Base):
    name = "special"


def double(n, by=2):
    double.calls = getattr(double, "calls", 0) + 1
    return n * by * double.factor


double.factor = 1
double.unit = "km"
Base.step = 5
Base.note = "n"
Special.raise_tax()
tax = Special.tax, Base.tax
doubled = double(3)
double.factor = 4
double.unit = "m"
doubled = doubled, double(1)
double.label = double.unit + "!"
counted = double.calls
thing = Special()
Special.tax = 100
Special.name = "other"
thing.tax = 3
shadowed = thing.price(2), Special().price(2)
Base.price = lambda self, n: -n
Special.extra = "e"
patched = thing.price(1)
listed = sorted(name for name in vars(Special) if not name.startswith("_"))
double.__defaults__ = (7,)
called = double(1), double.label
store = {}
store["items"] = 1
store["x"] = 2
keys = store.items
store["y"] = 3
keys = list(keys())
double.later = 0
defaults = double.__defaults__

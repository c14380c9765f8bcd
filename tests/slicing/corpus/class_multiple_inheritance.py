# target: order
class Base:
    def setup(self):
        self.order = ["base"]


class Left(Base):
    def setup(self):
        super().setup()
        self.order.append("left")


class Right(Base):
    def setup(self):
        super().setup()
        self.order.append("right")


class Both(Left, Right):
    pass


single = Left()
single.setup()
both = Both()
both.setup()
order = both.order
print(single.order)

# target: meter
class Meter:
    def __init__(self):
        self.reads = 0

    @property
    def value(self):
        self.reads += 1
        return self.reads * 10


meter = Meter()
a = meter.value
b = meter.value
idle = Meter()
print(a, b, idle)

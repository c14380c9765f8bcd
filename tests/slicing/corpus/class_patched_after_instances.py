# target: values
class Sensor:
    offset = 0

    def read(self):
        return 10 + self.offset


a, b = Sensor(), Sensor()
early = a.read()
b.offset = 5
Sensor.offset = 100
values = [a.read(), b.read()]
print(early)

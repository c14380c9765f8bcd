# target: mode
mode = "idle"
ticks = 0


class Engine:
    def start(self):
        global mode
        mode = "running"

    def tick(self):
        global ticks
        ticks += 1


engine = Engine()
engine.tick()
engine.start()
print(ticks)

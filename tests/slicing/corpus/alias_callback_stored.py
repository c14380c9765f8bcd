# target: received
class Bus:
    def __init__(self):
        self.listeners = []

    def on(self, callback):
        self.listeners.append(callback)

    def emit(self, event):
        for callback in self.listeners:
            callback(event)


received = []
bus = Bus()
bus.on(received.append)
bus.on(lambda event: print("event", event))
bus.emit("start")
bus.emit("stop")
count = len(bus.listeners)

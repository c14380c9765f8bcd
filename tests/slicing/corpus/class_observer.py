# target: totals
class Cell:
    def __init__(self, value):
        self._value = value
        self.watchers = []

    def set(self, value):
        self._value = value
        for watcher in self.watchers:
            watcher(value)


totals = []
cell = Cell(0)
mute = Cell(0)
cell.watchers.append(totals.append)
mute.watchers.append(print)
cell.set(5)
mute.set(6)
cell.set(7)

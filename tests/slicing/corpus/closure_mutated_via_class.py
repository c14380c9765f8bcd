# target: log
def tracker(log):
    class Tracked:
        def __setattr__(self, name, value):
            log.append((name, value))
            object.__setattr__(self, name, value)

    return Tracked


log = []
silent = []
thing = tracker(log)()
other = tracker(silent)()
thing.x = 1
other.y = 2
thing.x = 3
print(silent)

# target: events
def make_recorder(target):
    def record(name):
        target.append(name.upper())

    return record


events = []
other_events = []
record = make_recorder(events)
record_other = make_recorder(other_events)
record("start")
record_other("noise")
record("stop")
print(len(events))

# target: events
events = []


def worker():
    try:
        while True:
            yield len(events)
    finally:
        events.append("closed")


w = worker()
first = next(w)
w.close()
note = "after"
print(first, note)

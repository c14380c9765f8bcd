# target: served
import heapq

events = [(3, "b"), (1, "a"), (2, "c")]
heapq.heapify(events)
served = []
clock = 0
waits = []
while events:
    clock, name = heapq.heappop(events)
    served.append((clock, name))
    waits.append(clock)
    if name == "a" and clock < 5:
        heapq.heappush(events, (clock + 4, "a"))
    print("served", name)
print(sum(waits))

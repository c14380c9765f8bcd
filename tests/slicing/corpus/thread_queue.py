# target: received
import queue
import threading

jobs = queue.Queue()
received = []
idle = queue.Queue()


def worker():
    while (job := jobs.get()) is not None:
        received.append(job * 2)


t = threading.Thread(target=worker)
t.start()
for n in range(3):
    jobs.put(n)
    print("put", n)
jobs.put(None)
t.join()
empty = idle.empty()

# target: counter
import threading

lock = threading.Lock()
counter = {"n": 0}
names = []


def work():
    for _ in range(50):
        with lock:
            counter["n"] += 1
    names.append("worker")


threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(names))

# target: results
import threading

results = []
log = []


def work(n):
    results.append(n * n)


for n in range(3):
    thread = threading.Thread(target=work, args=(n,))
    thread.start()
    thread.join()
    log.append(n)
print(log)

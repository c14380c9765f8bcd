# target: log
import threading

ready = threading.Event()
log = []


def late():
    ready.wait()
    log.append("late")


t = threading.Thread(target=late)
t.start()
log.append("early")
note = "waiting"
ready.set()
t.join()
print(note)

# target: fired
import threading

fired = []
names = []
timer = threading.Timer(0.01, fired.append, args=["ring"])
other = threading.Timer(0.01, names.append, args=["x"])
timer.start()
other.start()
timer.join()
other.join()
print(names)

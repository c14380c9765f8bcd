# target: after
import time

real = time.time
time.time = lambda: 1000.0
frozen = time.time()
time.time = real
after = {"frozen": frozen, "real": time.time is real}
label = "clock"
print(label)

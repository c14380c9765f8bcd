# target: output
import time


class Timer:
    laps = {}

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.start = time.time()

    def __exit__(self, *exc):
        self.laps[self.name] = time.time() - self.start


with Timer("load"):
    rows = list(range(6))
with Timer("compute"):
    output = [r * r for r in rows if r % 2]
for name, lap in Timer.laps.items():
    print(f"{name}: {lap:.1f}s")

# target: steps, found, total, late, printed, kept
import sys

steps = 0
steps_text = ""
found = []
total = 0
late = None
printed = []
kept = 0


class Screen:
    def write(self, text):
        if "stop" in text:
            raise ValueError(text)
        printed.append(text)

    def flush(self):
        pass


def change():
    global kept
    kept = "text"


try:
    steps += 1
    steps_text += 1
    steps += 10
except TypeError:
    found.append("first")
try:
    missing.append(1)
    total += 1
except NameError as error:
    total -= 1
    found.append(type(error).__name__)
else:
    total += 100
finally:
    total += 1000
for n in range(3):
    try:
        total += n
        late += 1
    except TypeError:
        late = n
        continue
    found.append(n)
before = sys.stdout
sys.stdout = Screen()
try:
    print("go")
    print("stop")
    printed.append("after")
except ValueError:
    printed.append("stopped")
sys.stdout = before
change()
try:
    kept += 1
    kept = 5
except TypeError:
    kept = len(kept)

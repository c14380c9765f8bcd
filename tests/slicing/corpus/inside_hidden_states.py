# target: drawn, text, environment, cached, size
import functools
import os
import random
from pathlib import Path

random.seed(4)
calls = []


def draw():
    unused = random.random()
    calls.append(1)
    return random.random()


def write(name):
    path = Path(name)
    path.write_text("one")
    os.environ["WRITTEN"] = name
    note = path.name
    print(note)


@functools.lru_cache
def slow(n):
    calls.append(n)
    return len(calls)


def reads():
    size = 0
    with open("a.txt") as file:
        content = file.read()
        size = len(content)
    count = len(content.split())
    print(count)
    return size


drawn = [draw() for _ in range(2)]
write("a.txt")
text = Path("a.txt").read_text()
environment = os.environ.get("WRITTEN")
cached = slow(1) + slow(2) + slow(1)
size = reads()

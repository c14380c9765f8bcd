# target: depth_seen
from contextlib import contextmanager

depth = 0
depth_seen = []


@contextmanager
def nested():
    global depth
    depth += 1
    try:
        yield depth
    finally:
        depth -= 1


with nested():
    depth_seen.append(depth)
    with nested() as d:
        depth_seen.append(d)
        print("deep")
depth_seen.append(depth)

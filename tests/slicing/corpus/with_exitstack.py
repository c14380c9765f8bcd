# target: closed
from contextlib import ExitStack

closed = []
opened = []
with ExitStack() as stack:
    for name in ["a", "b"]:
        opened.append(name)
        stack.callback(closed.append, name)
    stack.callback(print, "leaving")
print(opened)

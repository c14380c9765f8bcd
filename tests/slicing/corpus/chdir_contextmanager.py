# target: text
import os
from contextlib import contextmanager


@contextmanager
def inside(folder):
    before = os.getcwd()
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


with inside("deep/er"):
    open("a.txt", "w").write("deep")
with inside("other"):
    open("a.txt", "w").write("other")
text = open("deep/er/a.txt").read()
here = os.path.basename(os.getcwd())

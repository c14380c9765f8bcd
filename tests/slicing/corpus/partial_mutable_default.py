# target: log
from functools import partial


def emit(sink, level, text):
    sink.append(f"{level}: {text}")


log = []
trash = []
info = partial(emit, log, "info")
debug = partial(emit, trash, "debug")
info("one")
debug("two")
info("three")
print(trash)

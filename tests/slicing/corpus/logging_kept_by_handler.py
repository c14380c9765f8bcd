# target: count, seen
import logging
import logging.handlers

handler = logging.handlers.MemoryHandler(10)
log = logging.getLogger("kept")
log.addHandler(handler)
log.warning("a")
count = len(handler.buffer)


class Notes(logging.Filter):
    seen = []

    def filter(self, record):
        Notes.seen.append(record.msg)
        return True


log.addFilter(Notes())
log.warning("b")
seen = len(Notes.seen)

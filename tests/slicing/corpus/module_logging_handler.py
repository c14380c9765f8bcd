# target: records
import logging


class Keep(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


keep = Keep()
log = logging.getLogger("app")
log.addHandler(keep)
log.setLevel(logging.INFO)
quiet = logging.getLogger("quiet")
quiet.setLevel(logging.ERROR)
log.debug("hidden")
log.info("shown %d", 1)
quiet.info("nothing")
records = keep.lines

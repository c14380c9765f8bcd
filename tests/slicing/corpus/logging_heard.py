# target: text, rows, count, written, kept
import io
import logging
import warnings
from pathlib import Path

rows = []


class Keep(logging.Handler):
    def emit(self, record):
        rows.append(record.levelname)


stream = io.StringIO()
logging.basicConfig(stream=stream, format="%(message)s", force=True)
logging.warning("a")
text = stream.getvalue()
logging.getLogger().addHandler(Keep())
logging.error("b")
log = logging.getLogger("train")
logging.disable(logging.WARNING)
log.warning("dropped")
logging.disable(logging.NOTSET)
count = len(rows)
logging.captureWarnings(True)
warnings.simplefilter("always")
warnings.warn("x")
to_file = logging.FileHandler("l.log")
to_file.setFormatter(logging.Formatter("%(message)s"))
log.addHandler(to_file)
log.error("c")
written = Path("l.log").read_text()
logging.basicConfig(filename="m.log", format="%(message)s", force=True)
logging.warning("d")
kept = Path("m.log").read_text()

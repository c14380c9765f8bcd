# target: is_on, printed, count
import io
import logging
import sys

log = logging.getLogger("asked")
log.setLevel(logging.DEBUG)
is_on = log.isEnabledFor(logging.DEBUG)
before, sys.stderr = sys.stderr, io.StringIO()
logging.warning("x")
printed = sys.stderr.getvalue()
sys.stderr = before
plain = logging.getLogRecordFactory()
records = []


def make(*values, **named):
    records.append(1)
    return plain(*values, **named)


logging.setLogRecordFactory(make)
logging.getLogger("other").error("y")
count = len(records)

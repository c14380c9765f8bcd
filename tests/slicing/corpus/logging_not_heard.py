# target: model, shown
import logging
import warnings

logging.basicConfig(level=logging.INFO, filename="run.log", format="%(message)s")
logger = logging.getLogger(__name__)
handler = logging.StreamHandler()
handler.setFormatter(logging.Formatter("%(message)s"))
logger.addHandler(handler)


def train(numbers):
    logging.info("training")
    total = 0
    for number in numbers:
        total += number
        logger.debug("total %s", total)
    return total


model = train([1, 2])
logging.warning("done")
shown = []
warnings.simplefilter("always")
warnings.showwarning = lambda message, *others, **more: shown.append(str(message))
warnings.warn("three")

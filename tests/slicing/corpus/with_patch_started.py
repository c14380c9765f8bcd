# target: mean, now, calls, counted, size
import statistics
import time
from unittest import mock

calls = []
patch = mock.patch.object(statistics, "mean", lambda numbers: calls.append(numbers) or 42)
patch.start()
mean = statistics.mean([1])
patch.stop()
clock = mock.patch("time.time", lambda: 5)
clock.start()
now = time.time()
clock.stop()


class Source:
    def read(self):
        return 1


replaced = mock.patch.object(Source, "read", return_value=5)
fake = replaced.start()
Source().read()
counted = fake.call_count
replaced.stop()
settings = {"a": 1}
other = mock.patch.dict(settings, {"b": 2})
other.start()
size = len(settings)

# target: mean, now, calls
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

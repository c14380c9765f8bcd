# target: model
import logging
import time

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)
start = time.perf_counter()
data = [(x, 2 * x + 1) for x in range(5)]
log.info("loaded %d rows", len(data))
n = len(data)
mean_x = sum(x for x, _ in data) / n
mean_y = sum(y for _, y in data) / n
slope = sum((x - mean_x) * (y - mean_y) for x, y in data) / sum((x - mean_x) ** 2 for x, _ in data)
log.info("took %.3f s", time.perf_counter() - start)
model = {"slope": slope, "intercept": mean_y - slope * mean_x}
elapsed = time.perf_counter() - start
print(f"{elapsed:.2f}")

# target: batches, buf, cache_info, collected, count, errors, ev, fibs, first, firsts, it, key, label, m, means, rec, remaining, src, total
import functools, itertools, random, operator
from contextlib import suppress, contextmanager, redirect_stdout
import io
random.seed(5)
def stream(n):
    for i in range(n):
        yield {"id": i, "v": random.random()}
def batch(it, size):
    it = iter(it)
    while chunk := list(itertools.islice(it, size)):
        yield chunk
src = stream(7)
first = next(src)
batches = list(batch(src, 3))
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
fibs = [fib(i) for i in range(8)]
cache_info = fib.cache_info()._asdict()
means = []
total = count = 0
for rec in itertools.chain([first], *batches):
    total += rec["v"]; count += 1
    means.append(total / count)
errors = []
ev = {}
for key in ["1", "x", "3"]:
    try:
        ev[key] = 10 / (int(key) - 1)
    except ValueError as e:
        errors.append(str(e))
    except ZeroDivisionError:
        ev[key] = None
    else:
        ev[key] = round(ev[key], 1)
    finally:
        ev.setdefault("seen", []).append(key)
with suppress(KeyError):
    ev.pop("nope")
    ev["never"] = 1
buf = io.StringIO()
with redirect_stdout(buf):
    print("hello", len(ev))
collected = buf.getvalue()
it = iter(range(10))
firsts = [x for x in itertools.takewhile(lambda v: v < 4, it)]
remaining = list(it)
if (m := max(means)) > .1:
    label = f"{m:.2f}"

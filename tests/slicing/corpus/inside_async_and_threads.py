# target: gathered, collected, order
import asyncio
import threading

order = []
collected = []


def strict(n):
    [10, 20][n]
    order.append(n)
    return n


async def work(n):
    mark = n * 2
    strict(n)
    return mark


async def main():
    return await asyncio.gather(*(work(n) for n in (0, 1, 5)), return_exceptions=True)


def run(n):
    found = strict(n)
    collected.append(found)


gathered = [result if isinstance(result, int) else "error" for result in asyncio.run(main())]
threads = [threading.Thread(target=run, args=(n,)) for n in (0, 1)]
for thread in threads:
    thread.start()
    thread.join()

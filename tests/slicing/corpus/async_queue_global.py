# target: collected
import asyncio

collected = []
stats = {"produced": 0}


async def producer(queue):
    for n in range(3):
        await queue.put(n)
        stats["produced"] += 1
    await queue.put(None)


async def consumer(queue):
    while (item := await queue.get()) is not None:
        collected.append(item)


async def main():
    queue = asyncio.Queue()
    await asyncio.gather(producer(queue), consumer(queue))


asyncio.run(main())
print(stats)

# target: results
import asyncio

order = []


async def fetch(n):
    await asyncio.sleep(0)
    order.append(n)
    return n * 10


async def main():
    return await asyncio.gather(*(fetch(n) for n in range(3)))


results = asyncio.run(main())
print(sorted(order))

# target: total
import asyncio
from contextlib import asynccontextmanager

trace = []


@asynccontextmanager
async def session(name):
    trace.append("open " + name)
    yield {"name": name}
    trace.append("close")


async def numbers(n):
    for i in range(n):
        yield i


async def main():
    total = 0
    async with session("db") as s:
        async for n in numbers(4):
            total += n
        total += len(s["name"])
    return total


total = asyncio.run(main())
print(trace)

"""A process that asks for sums: python chat_child.py URL STORE FIRST LAST."""

import asyncio
import sys
from pathlib import Path

from asking import request

from roles.chat.opening import open_chat
from roles.chat.settings import ChatSettings


async def main(url: str, store: Path, first: int, last: int) -> None:
    """Prints the number of right sums, asked for in order, eight at a time."""
    settings = ChatSettings(model="openai:x", base_url=url, concurrency=8, max_calls=100_000)
    async with open_chat(settings, store, "a run", say=lambda _: None) as chat:
        free = asyncio.Semaphore(8)

        async def one(number: int) -> bool:
            async with free:
                return (await chat.ask(request(number))).total == number + 1

        found = await asyncio.gather(*(one(n) for n in range(first, last)))
    print(sum(found))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))

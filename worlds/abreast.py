"""Asking a far world several things at the same time."""

from asyncio import ensure_future, gather
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def abreast(calls: Iterable[Awaitable[T]]) -> list[T]:
    """The results in order; where one fails the others are given up at once, so that a dead server is met but once."""
    tasks = [ensure_future(call) for call in calls]
    try:
        return await gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        raise

"""Milliseconds of calls, one by one."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Asked = TypeVar("Asked")


def timed(call: Callable[[Asked], object], asked: Sequence[Asked]) -> list[float]:
    """Of each call."""
    taken = []
    for each in asked:
        begun = time.perf_counter()
        call(each)
        taken.append(1000 * (time.perf_counter() - begun))
    return taken


async def awaited(call: Callable[[Asked], Awaitable[object]], asked: Sequence[Asked]) -> list[float]:
    """Of each call that is waited for."""
    taken = []
    for each in asked:
        begun = time.perf_counter()
        await call(each)
        taken.append(1000 * (time.perf_counter() - begun))
    return taken

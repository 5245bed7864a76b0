"""How fast calls go out: at once as many as the server bears, and so many calls and tokens in a minute."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter


@dataclass
class Slot:
    """A call's permission; `begun` is in seconds of the loop's clock."""

    begun: float
    overloaded: bool = False


class Gate:
    """Concurrency with additive increase and multiplicative decrease (Chiu and Jain 1989).

    Each success adds one call in so many as are allowed, up to the most; a sign of overload halves the number, once for
    all calls that were under way together. A wait that the server asks for holds for every call.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = float(most)
        self.last_success = float("-inf")
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._lowered = float("-inf")
        self._until = 0.0

    @property
    def never(self) -> bool:
        """Whether no call has succeeded yet."""
        return self.last_success == float("-inf")

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Waits for a slot and gives it back; set `overloaded` on it when the server was."""
        await self._enter()
        slot = Slot(time.monotonic())
        try:
            yield slot
        except BaseException:
            if slot.overloaded:
                self._lower(slot)
            raise
        else:
            self.last_success = time.monotonic()
            self.allowed = min(self.most, self.allowed + 1 / self.allowed)
        finally:
            self._under_way -= 1
            self._admit()

    def pause(self, seconds: float) -> None:
        """No call begins for so long."""
        self._until = max(self._until, time.monotonic() + seconds)

    async def _enter(self) -> None:
        if self._waiting or self._under_way >= int(self.allowed):
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self._give_up(turn)
                raise
        else:
            self._under_way += 1
        try:
            while (left := self._until - time.monotonic()) > 0:
                await asyncio.sleep(left)
        except asyncio.CancelledError:
            self._under_way -= 1
            self._admit()
            raise

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        """A call that is cancelled before its turn, or in the moment that it comes."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif not turn.cancelled():
            self._under_way -= 1
            self._admit()

    def _admit(self) -> None:
        while self._waiting and self._under_way < int(self.allowed):
            turn = self._waiting.popleft()
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)

    def _lower(self, slot: Slot) -> None:
        if slot.begun >= self._lowered:
            self.allowed = max(1.0, self.allowed / 2)
            self._lowered = time.monotonic()


class Rates:
    """Calls and tokens a minute; `None` for no limit."""

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        self._requests = _limiter(requests_per_minute)
        self._tokens = _limiter(tokens_per_minute)

    async def acquire(self, tokens: int) -> None:
        """Waits until a call of about so many tokens may begin."""
        if self._requests:
            await self._requests.acquire()
        while self._tokens and tokens > 0:
            share = min(tokens, self._tokens.max_rate)
            await self._tokens.acquire(share)
            tokens -= int(share)


def _limiter(per_minute: float | None) -> "AsyncLimiter | None":
    """Spread evenly, after a burst of one second's worth, at least one call."""
    if per_minute is None:
        return None
    from aiolimiter import AsyncLimiter  # noqa: PLC0415

    burst = max(1.0, per_minute / 60)
    return AsyncLimiter(burst, 60 * burst / per_minute)

"""One call's row in the ledger, from the moment before it goes out to its end."""

import asyncio
import time
from dataclasses import dataclass

from roles.chat.answer import Answer
from roles.chat.budget import Budget
from roles.chat.calls import Calls, End, Label
from roles.chat.server import Superseded
from roles.chat.writer import Writer

MOST_WHY = 300


@dataclass
class Entry:
    """A row that exists once `intend` has returned; `guess` is what the call may cost in US dollars."""

    id: str
    writer: Writer
    key: str
    session: str
    label: Label
    budget: Budget
    guess: float | None = None
    begun: float | None = None

    async def intend(self) -> None:
        """Writes the row. Raises `Superseded` when another process was quicker, `ChatError` when it may not be made.

        A call that the server sends on to another address is still one call.
        """
        if self.begun is not None:
            return
        try:
            await self.writer.do(self._intend)
        except asyncio.CancelledError:  # the row may be there already
            self.writer.post(lambda calls: calls.unsent(self.id, self.key, self.label, "cancelled"))
            raise
        self.begun = time.monotonic()

    def _intend(self, calls: Calls) -> None:
        if calls.reply(self.key) or calls.under_way(self.key):
            raise Superseded
        calls.intend(self.id, self.key, self.session, self.label, self.budget, self.guess)

    async def answered(self, answer: Answer, cost: float | None) -> None:
        """The answer is here; once this returns it is kept."""
        seconds = self._seconds()
        await self.writer.do(lambda calls: calls.end(self.id, "answered", seconds, "", answer, cost))

    async def failed(self, why: str, cost: float | None = None) -> None:
        """The call was made, and no answer will come of it."""
        await self._end("failed", why, cost)

    async def unsent(self, why: str) -> None:
        """The call did not leave."""
        await self.writer.do(lambda calls: calls.unsent(self.id, self.key, self.label, why[:MOST_WHY]))

    def in_doubt(self, why: str) -> None:
        """Nobody waits for the answer any more; nothing is awaited here, since the task may be under cancellation."""
        if self.begun is not None:
            seconds = self._seconds()
            self.writer.post(lambda calls: calls.end(self.id, "in_doubt", seconds, why))

    async def _end(self, end: End, why: str, cost: float | None = None) -> None:
        if self.begun is not None:
            seconds = self._seconds()
            await self.writer.do(lambda calls: calls.end(self.id, end, seconds, why[:MOST_WHY], None, cost))

    def _seconds(self) -> float:
        return time.monotonic() - (self.begun or time.monotonic())

"""Candidates made side by side in one process: for those that wait for models, or for a world that is far away.

One process asks each server through one port, so that rates, budgets and what a server bears hold for all candidates.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape

from graph.batching.candidate import Maker, Outcome
from graph.batching.lanes import Assignment
from graph.batching.order import Order
from graph.batching.store import LastStates
from graph.chats import always, calls_path, chat_of
from graph.openers import default_deps
from graph.spending import expected, spent_view
from roles.chat.calls import Calls
from tasks.files import read
from tasks.runs import TASKS

T = TypeVar("T")
RUN = "batch"
"""The run in the ledger of calls: a run directory has a ledger of its own."""


class Together:
    """A source with a thread for its event loop. Raises `ChatError` when models cannot be asked."""

    def __init__(self, order: Order, out: Path, store: str | None, console: Console) -> None:
        self.starved = False
        self.room = min(order.lanes, order.settings.concurrency)
        self._pending: set[Future[Outcome]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="candidates", daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        try:
            self._maker = self._await(self._stack.enter_async_context(_maker(order, out, store, console)))
        except BaseException:
            self._end()
            raise

    def submit(self, assignment: Assignment) -> None:
        """Begins it at once."""
        self._pending.add(asyncio.run_coroutine_threadsafe(self._maker.make(assignment), self._loop))

    def done(self, seconds: float) -> Sequence[Outcome]:
        """Raises what stopped a candidate: `OSError`, `MemoryError`, or `ChatError` when no model answers any more."""
        finished, self._pending = wait(self._pending, timeout=seconds, return_when=FIRST_COMPLETED)
        return [future.result() for future in finished]

    def close(self) -> None:
        """Cancels what is under way; calls that are out are then in doubt."""
        for future in self._pending:
            future.cancel()
        wait(self._pending)
        self._await(self._stack.aclose())
        self._end()

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@asynccontextmanager
async def _maker(order: Order, out: Path, store: str | None, console: Console) -> AsyncIterator[Maker]:
    def note(said: str) -> None:
        console.print(f"[yellow]{escape(said)}[/]")

    async with chat_of(order.settings, out, RUN, note) as chat:
        if chat:
            console.print(expected(chat, order.settings, order.count))
        yield Maker(default_deps(always(chat)), await LastStates.open(store) if store else None)


def tell_spent(order: Order, out: Path, console: Console) -> None:
    """What models were asked and what that came to, over all invocations."""
    path = calls_path(out)
    if path.exists():
        calls = Calls(path)
        try:
            console.print(spent_view(calls.summary(RUN), sum(1 for _ in read(out / TASKS))))
        finally:
            calls.close()

"""Candidates made side by side in one process: for those that wait for models, or for a world that is far away.

One process asks each server through one port, so that rates, budgets and what a server bears hold for all candidates.
"""

import asyncio
import sqlite3
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
from graph.batching.order import Order, part_of
from graph.batching.store import LastStates
from graph.chats import always, calls_path, chat_of
from graph.openers import default_deps
from graph.spending import expected, spent_view
from roles.chat.calls import Calls
from roles.chat.port import ChatError
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
        self._patience = 0.0
        self._timeout = order.settings.timeout
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
        try:
            return [future.result() for future in finished]
        except ChatError:
            self._patience = self._timeout
            raise

    def close(self) -> None:
        """Cancels what is under way; calls that are out are then in doubt.

        Where models stopped it the others come to the same end at their next call; those that are out are waited for,
        since they are paid for and would be made again.
        """
        wait(self._pending, timeout=self._patience)
        self._await(self._cancelled())
        self._end()

    async def _cancelled(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._stack.aclose()

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

    async with chat_of(order.settings, out, RUN, note) as port:
        chat = await port.from_now_on() if port else None
        if chat and (left := _wanted(order) - _accepted(out)) > 0:
            console.print(expected(chat, order.settings, left))
        yield Maker(default_deps(always(chat)), await LastStates.open(store) if store else None)


def _wanted(order: Order) -> int:
    return part_of(order.count, order.shard[1]) if order.shard else order.count


def _accepted(out: Path) -> int:
    return sum(1 for _ in read(out / TASKS))


def tell_spent(out: Path, console: Console) -> None:
    """What models were asked and what that came to, over all invocations; nothing where there is no ledger."""
    path = calls_path(out)
    if not path.exists():
        return
    try:
        calls = Calls(path)
    except sqlite3.Error:  # whoever wanted to write there has said so
        return
    try:
        console.print(spent_view(calls.summary(RUN), _accepted(out)))
    finally:
        calls.close()

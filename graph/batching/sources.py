"""Where outcomes come from: worker processes that make them."""

import asyncio
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import cache
from multiprocessing import get_context, parent_process
from typing import Protocol

from graph.batching.candidate import Maker, Outcome
from graph.batching.lanes import Assignment
from graph.batching.store import LastStates
from graph.openers import default_deps


class Source(Protocol):
    """Makes assignments into outcomes, in any order. A starved one has been given assignments that it cannot make."""

    room: int
    starved: bool

    def submit(self, assignment: Assignment) -> None:
        """Takes an assignment; at most `room` of them are taken at a time."""
        ...

    def done(self, seconds: float) -> Sequence[Outcome]:
        """What has been made since the last call, waited for so long at most."""
        ...

    def close(self) -> None:
        """Whatever is still being made is given up."""
        ...


class Workers:
    """Processes that share nothing but the world's files; `store` is the URL of one that keeps how threads end."""

    def __init__(self, processes: int, store: str | None = None) -> None:
        self.starved = False
        # One is made and one waits at the door, so that no process idles while its result is read.
        self.room = 2 * processes
        self._pool = ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(store,)
        )
        self._pending: set[Future[Outcome]] = set()

    def submit(self, assignment: Assignment) -> None:
        """Hands it to the next free process."""
        self._pending.add(self._pool.submit(_work, assignment))

    def done(self, seconds: float) -> Sequence[Outcome]:
        """Raises what stopped a worker: `OSError`, `MemoryError`, or `BrokenProcessPool` when it was killed."""
        finished, self._pending = wait(self._pending, timeout=seconds, return_when=FIRST_COMPLETED)
        return [future.result() for future in finished]

    def close(self) -> None:
        """Stops the processes."""
        running = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in running:
            process.terminate()
        for process in running:
            process.join()


_LOOP: asyncio.Runner | None = None
_STORE: str | None = None


def _begin(store: str | None) -> None:
    """A worker leaves Ctrl-C to its parent and ends with it, however that ends."""
    global _LOOP, _STORE
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _LOOP, _STORE = asyncio.Runner(), store


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(assignment: Assignment) -> Outcome:
    assert _LOOP is not None
    return _LOOP.run(_maker(_LOOP).make(assignment))


@cache
def _maker(loop: asyncio.Runner) -> Maker:
    """Made at the first assignment, where an error is told of; a saver is bound to the loop that it is opened in."""
    return Maker(default_deps(), loop.run(LastStates.open(_STORE)) if _STORE else None)

"""The thread that a call store lives in: what is asked of it meanwhile goes into one transaction."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from roles.chat.calls import Calls
from roles.chat.port import ChatError

R = TypeVar("R")
MOST_AT_ONCE = 256

_Job = tuple[Callable[[Calls], Any], "asyncio.Future[Any] | None"]
_Settled = tuple["asyncio.Future[Any]", Any, BaseException | None]


class Writer:
    """A call store for one event loop, which it never blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="call store", daemon=True)

    @classmethod
    async def open(cls, path: Path) -> Self:
        """The store at `path`, made where there is none. Raises `ChatError` when the file cannot be used."""
        writer = cls(path)
        writer._thread.start()
        await writer._opened
        return writer

    async def do(self, job: Callable[[Calls], R]) -> R:
        """Does something with the store and waits until it is committed."""
        done: asyncio.Future[R] = self._loop.create_future()
        self._jobs.put((job, done))
        return await done

    def post(self, job: Callable[[Calls], object]) -> None:
        """Does something with the store without waiting, for where nothing can be awaited."""
        self._jobs.put((job, None))

    async def close(self) -> None:
        """Finishes what was asked for and closes the file."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            calls = Calls(self.path)
        except (sqlite3.Error, OSError) as error:
            self._tell([(self._opened, None, _unusable(self.path, error))])
            return
        self._tell([(self._opened, None, None)])
        while jobs := self._taken():
            self._tell(self._done(calls, jobs))
        calls.close()

    def _taken(self) -> list[_Job]:
        """Waits for something to do; nothing when it is to end."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) >= MOST_AT_ONCE or self._jobs.empty():
                return jobs
            job = self._jobs.get()
        if jobs:
            self._jobs.put(None)
        return jobs

    def _done(self, calls: Calls, jobs: list[_Job]) -> list[_Settled]:
        """Does the jobs in one transaction. A job that refuses wrote nothing; a file that fails fails them all."""
        try:
            with calls.transaction():
                settled = [(done, *_tried(calls, job)) for job, done in jobs]
        except (sqlite3.Error, OSError) as error:
            return [(done, None, _unusable(self.path, error)) for _, done in jobs if done]
        return [(done, result, error) for done, result, error in settled if done]

    def _tell(self, settled: list[_Settled]) -> None:
        if settled and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_settle, settled)


def _tried(calls: Calls, job: Callable[[Calls], Any]) -> tuple[Any, BaseException | None]:
    try:
        return job(calls), None
    except (sqlite3.Error, OSError):
        raise
    except Exception as error:
        return None, error


def _settle(settled: list[_Settled]) -> None:
    for done, result, error in settled:
        if done.done():
            continue
        if error:
            done.set_exception(error)
        else:
            done.set_result(result)


def _unusable(path: Path, error: Exception) -> ChatError:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return ChatError(f"{path} is not usable as a call store ({error}); remove it or name another file")
    return ChatError(f"the call store {path} cannot be kept ({error}); free space there, or name another file")

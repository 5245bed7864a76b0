"""Checkpoints in SQLite, beside the file that a run appends to."""

import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


def checkpoint_path(out: Path) -> Path:
    """Where the checkpoints of the runs that append to `out` are kept."""
    return out.with_name(f"{out.name}.checkpoints")


@asynccontextmanager
async def checkpoints(out: Path | None) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """A saver beside `out`, or in memory without one, for one process at a time.

    Raises `BlockingIOError` when another run has it, `ValueError` when the file there is no checkpoint file.
    """
    if out is None:
        yield InMemorySaver()
        return
    path = checkpoint_path(out)
    if not path.exists() and not os.access(path.parent, os.W_OK):
        raise PermissionError(f"{path.parent} is not writable, and checkpoints are kept beside --out")
    with _alone(path, out):
        async with _saver(path) as saver:
            yield saver


@contextmanager
def _alone(path: Path, out: Path) -> Iterator[None]:
    """Holds the checkpoints for this process; its end lets go of them, whatever ends it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BlockingIOError(f"another run appends to {out}: wait until it is done, or name another --out") from None
    finally:
        os.close(handle)


@asynccontextmanager
async def _saver(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    try:
        async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
            await saver.conn.execute("PRAGMA synchronous=NORMAL")
            await saver.setup()
            yield saver
    except sqlite3.OperationalError as error:
        raise OSError(f"checkpoints cannot be kept in {path} ({error}); choose another --out") from None
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path} is not usable as a checkpoint file ({error}); remove it to start afresh") from None

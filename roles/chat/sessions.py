"""Who is writing a call store: a locked file for each process, let go of by the system however the process ends."""

import fcntl
import glob
import os
import uuid
from pathlib import Path


class Session:
    """This process's claim on the calls that it has under way. Open it after forking, not before."""

    def __init__(self, store: Path) -> None:
        self.id = uuid.uuid4().hex[:16]
        self._path = _file(store, self.id)
        unlocked = self._path.with_name(f".{self._path.name}")  # under its name it is never seen without its lock
        self._handle = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        unlocked.rename(self._path)
        for left in store.parent.glob(f"{glob.escape(_file(store, '').name)}*"):
            alive(store, left.name.removeprefix(_file(store, "").name))

    def close(self) -> None:
        """Ends the claim."""
        self._path.unlink(missing_ok=True)
        os.close(self._handle)


def alive(store: Path, session: str) -> bool:
    """Whether the process of a session still runs; what a dead one left behind is removed."""
    path = _file(store, session)
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


def _file(store: Path, session: str) -> Path:
    return store.with_name(f"{store.name}-session-{session}")

"""Writing a run directory: every candidate exactly once, in index order, whatever interrupts."""

import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from tasks.recovery import Row, lines_of, recovered, seal
from tasks.runs import EVENTS, LEDGER, MANIFEST, REJECTED, TASKS, Ends, Entry, Manifest, Run

LOCK = "lock"


@dataclass(frozen=True)
class Commit:
    """One candidate as it goes into the files; `entry` still lacks `ends` and `crc32`."""

    entry: Entry
    tasks: Sequence[Row] = ()
    rejected: Sequence[Row] = ()


@dataclass
class Journal:
    """The only writer of a run directory.

    Tasks and rejected lines go to disk before the ledger line that counts them, so what the ledger does not count was
    never committed and is cut off when the run goes on. `mirror` is told of entries once they are on disk.
    """

    run: Run
    entries: list[Entry]
    mended: str = ""
    mirror: Callable[[Sequence[Entry]], None] = lambda _: None
    _files: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, manifest: Manifest) -> Self:
        """Begins a run at `path`, or goes on with the one there.

        Raises `BlockingIOError` when another process writes it, `ValueError` when it is a run of something else or a
        folder of other things, `OSError` when it cannot be written.
        """
        if path.exists() and not path.is_dir():
            raise FileExistsError(f"--out {path} is a file: name a directory, new or of a run to go on with")
        path.mkdir(parents=True, exist_ok=True)
        lock = _locked(path)
        try:
            run = _begun(path, manifest)
            entries, mended = recovered(run)
            journal = cls(run, entries, mended, _files={LOCK: lock})
            for name in (TASKS, REJECTED, LEDGER, EVENTS):
                journal._files[name] = os.open(path / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except BaseException:
            os.close(lock)
            raise
        return journal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._files.values():
            os.close(handle)

    def commit(self, commits: Sequence[Commit]) -> None:
        """Adds candidates in one go. Raises `OSError`, and then none of them is in the files."""
        before = {name: os.fstat(self._files[name]).st_size for name in (TASKS, REJECTED, LEDGER)}
        ends, written = dict(before), {TASKS: b"", REJECTED: b"", LEDGER: b""}
        entries = []
        for commit in commits:
            added = {TASKS: lines_of(commit.tasks), REJECTED: lines_of(commit.rejected)}
            for name, part in added.items():
                written[name] += part
                ends[name] += len(part)
            entry = commit.entry.model_copy(update={"ends": Ends(tasks=ends[TASKS], rejected=ends[REJECTED])})
            entries.append(entry.model_copy(update={"crc32": seal(entry, *added.values())}))
        written[LEDGER] = lines_of([entry.model_dump(mode="json") for entry in entries])
        try:
            for name, part in written.items():
                _write(self._files[name], part, self.run.path / name)
        except OSError:
            for name, size in before.items():
                os.ftruncate(self._files[name], size)
            raise
        self.entries += entries
        self.mirror(entries)

    def event(self, event: str, **details: Any) -> None:
        """Notes what happens to the run."""
        row = {"event": event, "at": datetime.now(UTC).isoformat(timespec="seconds"), **details}
        _write(self._files[EVENTS], lines_of([row]), self.run.path / EVENTS)


def _locked(path: Path) -> int:
    """A lock that ends with the process, however it ends."""
    handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 100).decode(errors="replace").strip()
        os.close(handle)
        raise BlockingIOError(
            f"{path} is being written by {holder or 'another process'}; wait for it or stop it"
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"process {os.getpid()} on {os.uname().nodename}\n".encode(), 0)
    return handle


def _begun(path: Path, manifest: Manifest) -> Run:
    if not (path / MANIFEST).exists():
        if others := sorted(p.name for p in path.iterdir() if p.name != LOCK):
            raise ValueError(f"{path} is no run directory and holds {others[0]!r}; name a new or an empty one")
        draft = path / f"{MANIFEST}.draft"
        draft.write_text(manifest.model_dump_json(indent=2) + "\n", "utf-8")
        draft.replace(path / MANIFEST)
    run = Run.open(path)
    if run.manifest != manifest:
        raise ValueError(
            f"{path} is another run: {_difference(run.manifest, manifest)}; give the same command or another --out"
        )
    return run


def _difference(old: Manifest, new: Manifest) -> str:
    one, other = old.model_dump(mode="json"), new.model_dump(mode="json")
    flat = [({**one.pop("settings"), **one}, {**other.pop("settings"), **other})]
    return next(f"its {key} is {a[key]}, not {b.get(key)}" for a, b in flat for key in a if a[key] != b.get(key))


def _write(handle: int, data: bytes, path: Path) -> None:
    """Writes all of it and waits until it is on disk; raises `OSError` when not all of it fitted."""
    left = memoryview(data)
    while left:
        written = os.write(handle, left)
        if not written:
            raise OSError(f"{path} takes no more")
        left = left[written:]
    if data:
        os.fsync(handle)

"""Record files: JSON lines, only ever appended to, each line written whole."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def append(path: Path, record: dict[str, Any]) -> None:
    """Append one line and wait until it is on disk. Raises `OSError`, or `ValueError` when the file ends mid-line."""
    check_appendable(path)
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        before = os.fstat(handle).st_size
        try:
            written = os.write(handle, line)
            if written != len(line):
                raise OSError(f"only {written} of {len(line)} bytes fitted into {path}")
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)


def check_appendable(path: Path) -> None:
    """Raises `OSError` when `path` cannot be written, `ValueError` when its last line is torn."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory; name a file")
    if not path.exists():
        if not path.parent.is_dir():
            raise FileNotFoundError(f"the folder {path.parent} does not exist; make it first")
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(f"{path.parent} is not writable; choose another file")
        return
    if not path.is_file():
        raise ValueError(f"{path} is no regular file; records and their checkpoints need one")
    with path.open("r+b") as file:
        if file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n":
            raise ValueError(f"{path} ends in the middle of a line; repair or remove that line before adding more")


def claim(handle: int, path: Path) -> None:
    """Holds the open file for this process until `handle` is closed; raises `BlockingIOError` when another has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(
            f"another process appends to {path}: wait until it is done, or name another --out"
        ) from None


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Holds a file that is appended to, made where there is none; raises as `claim` does."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        claim(handle, path)
        yield
    finally:
        os.close(handle)


def read(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records with their line numbers; raises `ValueError` naming a line that is no JSON object."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file; expected task records, one JSON object a line")
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, _parsed(line, f"{path} line {number}")


def _parsed(line: bytes, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except RecursionError:
        raise ValueError(f"{where}: nested too deeply to be a record") from None
    except ValueError as error:  # bytes that are no UTF-8 and numbers of thousands of digits among them
        raise ValueError(f"{where}: not JSON ({str(error)[:200]})") from None
    if not isinstance(record, dict):
        raise ValueError(f"{where}: expected a JSON object, got {type(record).__name__}")
    return record

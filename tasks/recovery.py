"""Going on with a run directory: what of it is whole, and what has to be made again."""

import json
import os
import shutil
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from tasks.runs import EVENTS, LEDGER, REJECTED, TASKS, Ends, Entry, Run

Row = Mapping[str, Any]


def recovered(run: Run) -> tuple[list[Entry], str]:
    """The whole entries, the files cut back to them, and what was damaged; a torn end is no damage."""
    entries, cause = _counted(run.path / LEDGER)
    whole, fault = _checked(run.path, entries)
    fault = fault or cause
    if fault:
        _copy_aside(run.path)
    ends = entries[whole - 1].ends if whole else Ends()
    for name, size in ((TASKS, ends.tasks), (REJECTED, ends.rejected), (LEDGER, _size(entries[:whole]))):
        _cut(run.path / name, size)
    _cut(run.path / EVENTS, _whole_lines(run.path / EVENTS))
    kept = f"; candidates before {whole} are kept, the rest is made again" if fault else ""
    return entries[:whole], f"{fault}{kept}"


def _counted(path: Path) -> tuple[list[Entry], str]:
    """The entries up to the first line that is none, and what is wrong with it unless it is a torn last one."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = Entry.model_validate_json(line)
            if lines_of([entry.model_dump(mode="json")]) != line:
                raise ValueError("it is not as it was written")
            entries.append(entry)
        except (ValidationError, ValueError):
            torn = number == len(lines) and not line.endswith(b"\n")
            return entries, "" if torn else f"{path.name} line {number} is damaged"
    return entries, ""


def _checked(path: Path, entries: Sequence[Entry]) -> tuple[int, str]:
    """How many entries, from the first on, have their lines as they were written; and what the next one lacks."""
    with _reader(path / TASKS) as tasks, _reader(path / REJECTED) as rejected:
        at = Ends()
        for number, entry in enumerate(entries):
            ends = entry.ends
            if (
                seal(entry, tasks.read(ends.tasks - at.tasks), rejected.read(ends.rejected - at.rejected))
                != entry.crc32
            ):
                return number, f"what candidate {entry.index} left in {TASKS}, {REJECTED} or {LEDGER} is damaged"
            at = ends
    return len(entries), ""


def _reader(path: Path) -> BinaryIO:
    return path.open("rb") if path.exists() else Path(os.devnull).open("rb")


def _copy_aside(path: Path) -> None:
    """A copy of the damaged files, so that nothing is lost that a person might still want."""
    number = sum(1 for _ in path.glob("damaged-*")) + 1
    aside = path / f"damaged-{number}"
    aside.mkdir()
    for name in (TASKS, REJECTED, LEDGER):
        if (path / name).exists():
            shutil.copy2(path / name, aside / name)


def _size(entries: Sequence[Entry]) -> int:
    return len(lines_of([entry.model_dump(mode="json") for entry in entries]))


def _cut(path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size > size:
        os.truncate(path, size)


def _whole_lines(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1 if path.exists() else 0


def lines_of(rows: Sequence[Row]) -> bytes:
    """Rows as JSON lines."""
    return b"".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in rows)


def seal(entry: Entry, *added: bytes) -> int:
    """CRC-32 of an entry, its own `crc32` left out, and of the lines that it counts."""
    found = 0
    for part in (*added, entry.model_copy(update={"crc32": 0}).model_dump_json().encode()):
        found = zlib.crc32(part, found)
    return found

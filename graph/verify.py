"""Recompute every certificate and every quote of a record file, and print each difference.

  python -m graph.verify tasks.jsonl
  python -m graph.verify RUN

A record whose world is missing or of another version is held to what it says of itself, and does not hold.

Exit code 0: all of it holds, 1: something does not, 2: bad input.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from graph.context import Context
from tasks.files import read
from tasks.record import TaskRecord
from tasks.runs import TASKS
from tasks.unaided import compare, preset_of
from tasks.verify import differences, unaided
from worlds.opening import open_world
from worlds.world import World

HOLDS, DIFFERS, BAD_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m graph.verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="task records, one a line, or a run directory")
    parser.add_argument("--world", help="atlas, or a world's directory (default: the one that each record names)")
    parsed = parser.parse_args(arguments)
    try:
        path = parsed.file / TASKS if parsed.file.is_dir() else parsed.file
        if (total := sum(1 for _ in read(path))) == 0:
            raise ValueError(f"{path} holds no records")
        if parsed.world:
            open_world(parsed.world)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    console = Console(stderr=True)
    rows = track(read(path), "verifying", total, console=console, transient=True, disable=not console.is_terminal)
    wrong = asyncio.run(_verify(rows, parsed.world))
    print(f"{total} records, {wrong} with differences")
    return DIFFERS if wrong else HOLDS


async def _verify(rows: Iterable[tuple[int, dict[str, Any]]], name: str | None) -> int:
    wrong = 0
    for number, row in rows:
        found = await _findings(row, name)
        wrong += bool(found)
        if found:
            print(f"line {number}: {row.get('id')} {row.get('answer')!r}, {_counted(len(found))}")
        for finding in found:
            print(f"  {finding}")
    return wrong


def _counted(findings: int) -> str:
    return f"{findings} finding{'s' if findings > 1 else ''}"


async def _findings(row: dict[str, Any], name: str | None) -> list[str]:
    try:
        record = TaskRecord.model_validate(row)
        return _sizes(record) + await _held_to(record, name or str(record.provenance["settings"]["world"]))
    except ValidationError as error:
        first = error.errors()[0]
        part = () if error.title == TaskRecord.__name__ else (error.title.lower(),)
        return [f"{'.'.join(map(str, (*part, *first['loc']))) or 'record'}: {first['msg']}"]
    except KeyError as error:
        return [f"cannot be checked: there is no {error}"]
    except (OSError, ValueError) as error:
        return [f"cannot be checked: {error}"]
    except (TypeError, AttributeError, IndexError, RecursionError) as error:
        return [f"cannot be checked: some part is not shaped as in a record ({error})"]


async def _held_to(record: TaskRecord, name: str) -> list[str]:
    """The record against its world, or where that cannot be opened against itself."""
    try:
        world: World = open_world(name)
    except (OSError, ValueError) as error:
        return unaided(record, str(error))
    return await differences(record, world)


def _sizes(record: TaskRecord) -> list[str]:
    """The preset's name and sizes against the settings that they follow from."""
    settings, said = record.provenance["settings"], preset_of(record)
    asked = Context(**{name: settings[name] for name in ("difficulty", "levels", "vertices")}).preset
    found: list[str] = []
    for field in ("name", "levels", "variables"):
        found += compare(f"provenance.preset.{field}", getattr(said, field), getattr(asked, field), "its settings give")
    return found


if __name__ == "__main__":
    sys.exit(main())

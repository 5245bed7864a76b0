"""Recompute every certificate and every quote of a record file, and print each difference.

  python -m graph.verify tasks.jsonl
  python -m graph.verify RUN
  python -m graph.verify tasks.jsonl --live      … and ask the live world what has changed since

A record whose world is missing or of another version is held to what it says of itself, and does not hold.

A record of a live world (wikidata, tavily) is checked without the network, against the answers that were kept when it
was made: in tasks.jsonl.frames/ beside a file, in RUN/frames/ of a run. Without them it cannot be checked. --live asks
Wikidata for the same entities, facts, pages and candidates again, prints what has drifted, and computes the
certificate anew over what the world answers now; of tavily it asks for the pages, and whether the quotes still stand.

Exit code 0: all of it holds (other texts or labels alone are drift, and told), 1: something does not, or a certificate
no longer holds live, 2: bad input.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from graph.context import Context
from tasks.drifted import drifted, reread
from tasks.files import read
from tasks.keeping import frames_of, kept_world
from tasks.record import TaskRecord
from tasks.runs import TASKS
from tasks.unaided import compare, preset_of
from tasks.verify import differences, unaided
from worlds.opening import has_facts, is_live, open_anew, open_world
from worlds.world import World

HOLDS, DIFFERS, BAD_INPUT = 0, 1, 2
WRONG, DRIFTED, LOST = "wrong", "drifted", "lost"
"""What is counted: records that do not hold, that have drifted, and whose certificate no longer holds live."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        path = parsed.file / TASKS if parsed.file.is_dir() else parsed.file
        if (total := sum(1 for _ in read(path))) == 0:
            raise ValueError(f"{path} holds no records")
        if parsed.world:
            open_world(parsed.world)
        checking = Checking(parsed, _live_worlds(path, parsed.world) if parsed.live else {})
        console = Console(stderr=True)
        rows = track(read(path), "verifying", total, console=console, transient=True, disable=not console.is_terminal)
        found = asyncio.run(checking.all(rows))
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    print(f"{total} records, {found[WRONG]} with differences")
    if parsed.live:
        lost = f"; {found[LOST]} certificates no longer hold live" if found[LOST] else ""
        print(f"{found[DRIFTED]} of {total} records have drifted{lost}")
    return DIFFERS if found[WRONG] or found[LOST] else HOLDS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="task records, one a line, or a run directory")
    parser.add_argument("--world", help="atlas, or a world's directory (default: the one that each record names)")
    parser.add_argument("--live", action="store_true", help="ask live worlds again, and report what has changed")
    parser.add_argument(
        "--frames", type=Path, metavar="DIR", help="where live worlds' answers are kept (default: beside the records)"
    )
    return parser


def _live_worlds(path: Path, named: str | None) -> dict[str, World]:
    """The worlds of the records, opened anew; raises `ValueError` when one is not live."""
    worlds: dict[str, World] = {}
    for number, row in read(path):
        try:
            name = named or str(row["provenance"]["settings"]["world"])
        except (KeyError, TypeError):
            continue
        if not is_live(name):
            raise ValueError(f"--live: line {number} was made in {name}, which does not change by itself")
        if name not in worlds:
            worlds[name] = open_anew(name)
    return worlds


class Checking:
    """One invocation. `live` holds the worlds that are to be asked again, by name."""

    def __init__(self, parsed: argparse.Namespace, live: Mapping[str, World]) -> None:
        self._name: str | None = parsed.world
        self._frames: Path = parsed.frames or frames_of(parsed.file)
        self._live = live

    async def all(self, rows: Iterable[tuple[int, dict[str, Any]]]) -> Counter[str]:
        """Prints what is found of each record, and counts."""
        counts = Counter[str]()
        for number, row in rows:
            found = await self._findings(row)
            counts[WRONG] += bool(found)
            _tell(number, row, found)
            if self._live and not found:
                counts += await self._drift(number, TaskRecord.model_validate(row))
        return counts

    async def _findings(self, row: dict[str, Any]) -> list[str]:
        try:
            record = TaskRecord.model_validate(row)
            return _sizes(record) + await self._held_to(record)
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

    async def _held_to(self, record: TaskRecord) -> list[str]:
        """The record against its world, kept or at hand, or where that cannot be opened against itself."""
        name = self._named(record)
        if is_live(name):
            return await differences(record, kept_world(self._frames, record.id))
        try:
            world: World = open_world(name)
        except (OSError, ValueError) as error:
            return unaided(record, str(error))
        return await differences(record, world)

    async def _drift(self, number: int, record: TaskRecord) -> Counter[str]:
        """What has changed since a record that holds was made."""
        name = self._named(record)
        asked = drifted if has_facts(name) else reread
        found = await asked(record, kept_world(self._frames, record.id), self._live[name])
        lost = ["the certificate no longer holds live"] if found.certificate else []
        _tell(
            number,
            record.model_dump(include={"id", "answer"}),
            [*found.answers, *lost, *found.certificate],
            "drifted, ",
        )
        return Counter({DRIFTED: int(any(found)), LOST: int(bool(lost))})

    def _named(self, record: TaskRecord) -> str:
        return self._name or str(record.provenance["settings"]["world"])


def _tell(number: int, row: Mapping[str, Any], found: Sequence[str], how: str = "") -> None:
    if found:
        many = f"{len(found)} finding{'s' if len(found) > 1 else ''}"
        print(f"line {number}: {row.get('id')} {row.get('answer')!r}, {how}{many}")
    for finding in found:
        print(f"  {finding}")


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

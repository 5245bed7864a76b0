"""Make the report of a run: one HTML file that opens offline, with plots, every task, and a review by keyboard.

  python -m graph.report RUN
  python -m graph.report tasks.jsonl --out report.html --world atlas

RUN is a run directory or a file of task records. Verdicts given on the page are saved to a file review.jsonl, which
exports obey once it lies in the run directory. Quotes stand in their pages' text where the world can be opened.

Exit code 0: written, 2: bad input.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.ending import ended
from tasks.record import TaskRecord
from tasks.report.contexts import surroundings
from tasks.report.figures import Lines, details, figures
from tasks.report.page import chunks, page
from tasks.report.source import Source
from worlds.opening import open_world
from worlds.world import World

WRITTEN = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _report(parsed))


def _report(parsed: argparse.Namespace) -> int:
    source = Source.open(parsed.run)
    out = parsed.out or _beside(source)
    text, lines = _made(source, parsed.world)
    _write(out, text)
    print(f"{out}: {len(lines.rows)} tasks, {len(text.encode()) / 1e6:.1f} MB")
    return WRITTEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.report", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run directory, or task records, one JSON object a line"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write (default: RUN/report.html)")
    parser.add_argument("--world", help="atlas, or a world's directory (default: the one that the run names)")
    return parser


def _beside(source: Source) -> Path:
    return source.path / "report.html" if source.run else source.path.with_suffix(".html")


def _made(source: Source, name: str | None) -> tuple[str, Lines]:
    lines, worlds = Lines(), _Worlds(name)
    with asyncio.Runner() as runner:

        def around(record: TaskRecord) -> Mapping[str, Any]:
            return runner.run(surroundings(record, worlds.of(record)))

        packed = list(chunks(details(source, lines, around)))
    if not lines.rows and source.run is None:
        raise ValueError(f"{source.path} holds no task records")
    return page(figures(source, lines), packed), lines


class _Worlds:
    """The worlds that quotes come from; one that is of no use is named once, and its quotes stand alone."""

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._found: dict[tuple[str, str], World | None] = {}
        if name:
            open_world(name)

    def of(self, record: TaskRecord) -> World | None:
        """The record's world, in its version."""
        name = self._name or str(record.provenance["settings"]["world"])
        place = name, str(record.provenance["world"]["sha256"])
        if place not in self._found:
            self._found[place] = self._opened(*place)
        return self._found[place]

    def _opened(self, name: str, sha256: str) -> World | None:
        try:
            world = open_world(name)
            if world.sha256 != sha256:
                raise ValueError(f"tasks were made in another version than {name} is of now, {world.version}")
        except (OSError, ValueError) as error:
            print(f"quotes stand without the text around them: {error}", file=sys.stderr)
            return None
        return world


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, "utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())

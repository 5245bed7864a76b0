"""Export accepted tasks in a form that somebody else's program reads.

  python -m graph.export RUN --format huggingface
  python -m graph.export RUN/splits --format verl --out data/verl
  python -m graph.export tasks.jsonl --format environment --distractors 50

RUN is a run directory, a directory of splits (train.jsonl, dev.jsonl, test.jsonl) as python -m graph.split makes it, or
a file of task records. A task that RUN/review.jsonl rejects is left out, also from the splits of that run. An export is
a new directory: one file a split, and export.json with the sha256 of each and the ids of the tasks in order.

Exit code 0: written, 2: bad input.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Column, Table

from graph.ending import ended
from tasks.exports.formats import FORMATS, export
from tasks.exports.manifest import Manifest
from tasks.exports.options import Options
from tasks.exports.source import Source

WRITTEN = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _export(parsed))


def _export(parsed: argparse.Namespace) -> int:
    options = _options(parsed)
    source = Source.open(parsed.run)
    out = parsed.out or _beside(parsed.run.resolve(), parsed.format)
    _show(asyncio.run(export(source, parsed.format, out, options)), out)
    return WRITTEN


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, FORMATS))
    formats = "\n".join(f"  {name:<{width}}  {form.about}" for name, form in FORMATS.items())
    parser = argparse.ArgumentParser(
        prog="python -m graph.export",
        description=__doc__,
        epilog=f"formats:\n{formats}\n\nhuggingface and verl need pyarrow: pip install -e '.[export]'",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="a run directory, a directory of splits, or a task file")
    parser.add_argument("--format", choices=FORMATS, required=True, metavar="NAME", help="one of the formats below")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the new directory (default: RUN-NAME beside RUN)")
    for name, field in Options.model_fields.items():
        mine = ", ".join(f for f, form in FORMATS.items() if name in form.options)
        default = "" if field.default is None else f"; default {field.default!r}"
        parser.add_argument(f"--{name}", metavar="X", help=f"{mine}: {field.description}{default}".replace("%", "%%"))
    return parser


def _options(parsed: argparse.Namespace) -> Options:
    """The choices of a command line; raises `ValueError` with one line on the first that does not fit."""
    given = {name: value for name in Options.model_fields if (value := getattr(parsed, name)) is not None}
    for name in given:
        takers = [f for f, form in FORMATS.items() if name in form.options]
        if parsed.format not in takers:
            raise ValueError(f"--{name} goes with --format {' or '.join(takers)}, not with {parsed.format}")
    try:
        return Options(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"--{first['loc'][0]} {first['input']!r}: {first['msg'].lower()}") from None


def _beside(path: Path, name: str) -> Path:
    return path.with_name(f"{path.stem if path.is_file() else path.name}-{name}")


def _show(manifest: Manifest, out: Path) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table("file", Column("rows", justify="right"), Column("bytes", justify="right"))
    for file in manifest.files:
        table.add_row(file.name, "" if file.rows is None else f"{file.rows:,}", f"{file.bytes:,}")
    console.print(table)
    for name, value in manifest.details.items():
        if isinstance(value, dict) and name != "world":
            console.print(f"{name}: {', '.join(f'{n:,} {what}' for what, n in value.items())}")
    if manifest.left_out:
        console.print(f"{len(manifest.left_out):,} left out, rejected by a reader")
    console.print(f"written to {out}")


if __name__ == "__main__":
    sys.exit(main())

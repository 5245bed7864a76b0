"""Make a dataset of exactly N certified questions.

  python -m graph.batch --count 200 --out runs/first                        from the embedded world
  python -m graph.batch --world W --count 2000 --out runs/big --workers 8   … from a built one, in 8 processes
  python -m graph.batch --entities names.txt --out runs/mine                … from these roots
  python -m graph.batch --count 200 --out runs/mixed --mix preset=easy:1,medium:3 --mix type=human:3,film:1

The same command again goes on with a run that was stopped, by whatever. Equal commands make equal datasets, however
many processes and interruptions it takes. --out is a directory: tasks.jsonl, rejected.jsonl with the reasons,
ledger.jsonl with what each candidate cost. Then: graph.verify OUT, graph.report OUT, graph.split OUT, graph.export OUT.

Exit code 0: all are accepted, 3: fewer, with the reason, 2: bad input, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from graph.batching.command import fill, prepared
from graph.batching.loop import Limits
from graph.batching.order import DatasetSettings, Order, names_in
from graph.batching.sources import Workers
from graph.batching.store import Store
from graph.batching.together import Together, tell_spent
from graph.context import Context
from graph.ending import ended
from graph.flags import add_context, add_settings, settings_from
from tasks.mix import read_mix


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = parser().parse_args(arguments)
    return ended(lambda: _make(parsed), "stopped; the same command goes on")


def _make(parsed: argparse.Namespace) -> int:
    order, limits = order_of(parsed), settings_from(parsed, Limits)
    console = Console(quiet=parsed.quiet, highlight=False)
    return make(order, parsed.out, limits, parsed.workers, parsed.store, console)


def make(order: Order, out: Path, limits: Limits, workers: int, store: str | None, console: Console) -> int:
    """Fills the run directory `out` as ordered; the exit code. Raises `OSError` or `ValueError` on bad input."""
    with Store(store) if store else nullcontext() as follower:
        ready = asyncio.run(prepared(order, out, console))
        if not order.settings.waits:
            processes = min(workers, order.lanes)
            return fill(ready, out, limits, lambda: Workers(processes, store), console, follower)
        try:
            return fill(ready, out, limits, lambda: Together(order, out, store, console), console, follower)
        finally:
            tell_spent(out, console)


def parser() -> argparse.ArgumentParser:
    """The flags of a batch."""
    found = argparse.ArgumentParser(
        prog="python -m graph.batch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_order(found)
    found.add_argument("--shard", metavar="I/N", help="make the I-th of N parts, from 1 on; graph.merge joins them")
    found.add_argument(
        "--workers", type=int, default=os.cpu_count(), metavar="N", help="processes (default %(default)s)"
    )
    return found


def add_order(found: argparse.ArgumentParser) -> None:
    """The flags that say what to make, where to, and when to stop."""
    found.add_argument("--out", type=Path, required=True, metavar="RUN", help="the run directory, new or to go on with")
    found.add_argument("--count", type=int, metavar="N", help="tasks to make (default: one for each of --entities)")
    found.add_argument("--entities", type=Path, metavar="FILE", help="roots to use, a name or id a line")
    found.add_argument(
        "--mix",
        action="append",
        default=[],
        metavar="DIMENSION=VALUE:WEIGHT,…",
        help="target mix along preset, levels, shape, type (of the answer) or domain; may be given for several",
    )
    found.add_argument(
        "--benchmark",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="benchmark files whose questions, or answers with their entities, no task may overlap",
    )
    found.add_argument(
        "--store", metavar="URL", help="keep ledger and last checkpoints in this PostgreSQL database as well"
    )
    found.add_argument("--quiet", action="store_true", help="print nothing but errors")
    add_settings(found, Limits, "when to stop")
    add_settings(found, DatasetSettings, "the dataset")
    add_context(found)


def order_of(parsed: argparse.Namespace) -> Order:
    """What the arguments ask for; raises `ValueError` on the first that does not fit."""
    for name in ("count", "workers"):
        value = getattr(parsed, name)
        if value is not None and value < 1:
            raise ValueError(f"--{name} {value}: expected a number from 1 on")
    if parsed.count is None and parsed.entities is None:
        raise ValueError("give --count, how many tasks to make, or --entities, a file of roots")
    order = Order(
        settings=settings_from(parsed, Context),
        dataset=settings_from(parsed, DatasetSettings),
        count=parsed.count or len({name for _, name in names_in(parsed.entities)}),
        mix=read_mix(parsed.mix),
        benchmarks=tuple(parsed.benchmark),
        entities=parsed.entities,
    )
    return order.model_copy(update={"shard": shard_of(parsed.shard, order.lanes)}) if parsed.shard else order


def shard_of(text: str, lanes: int) -> tuple[int, int]:
    """Reads `I/N`."""
    first, _, second = text.partition("/")
    if not (first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second) <= lanes):
        raise ValueError(f"--shard {text!r}: expected I/N with I from 1 to N and N at most {lanes} (--lanes)")
    return int(first), int(second)


if __name__ == "__main__":
    sys.exit(main())

"""Join the shards of a run into the run that one machine would have made.

  python -m graph.batch --count 2000 --world W --out run-1 --shard 1/4       … on each of four machines
  python -m graph.merge run-1 run-2 run-3 run-4 --out run

Shards are made by any scheduler, in any order, again after any failure. What there is a place for in the dataset is
decided here, in candidate order, so that equal shards always make the same bytes. The same command goes on with a merge
that was stopped, or when the shards have grown.

Exit code 0: all tasks are there, 3: fewer, with the reason, 2: bad input, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from graph.batching.command import fill, prepared
from graph.batching.order import DatasetSettings, Order
from graph.batching.shards import EVERYTHING, Shards, check_complete
from graph.context import Context
from graph.ending import ended
from tasks.runs import Manifest, Run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _merge(parsed), "stopped; the same command goes on")


def _merge(parsed: argparse.Namespace) -> int:
    runs = [Run.open(path) for path in parsed.shards]
    whole = check_complete(runs)
    order = order_of(whole, tuple(parsed.benchmark), parsed.entities)
    console = Console(quiet=parsed.quiet, highlight=False)
    ready = asyncio.run(prepared(order, parsed.shards[0], console))
    if ready.manifest != whole:
        raise ValueError("the shards were made with other --benchmark or --entities files, or of another world")
    return fill(ready, parsed.out, EVERYTHING, lambda: Shards(runs), console)


def order_of(manifest: Manifest, benchmarks: tuple[Path, ...], entities: Path | None) -> Order:
    """The order that a manifest was made of, its files aside."""
    rules = manifest.rules
    dataset = DatasetSettings(
        per_answer=rules["per_answer"],
        per_diffusion=manifest.per_diffusion,
        similarity=rules["similarity"],
        relation_share=rules["relation_share"],
        lanes=manifest.lanes,
    )
    return Order.model_validate(
        {
            "settings": Context(**manifest.settings),
            "dataset": dataset,
            "count": manifest.count,
            "mix": manifest.mix,
            "benchmarks": benchmarks,
            "entities": entities,
        }
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.merge", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shards", nargs="+", type=Path, metavar="SHARD", help="the run directory of each shard")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="the run directory to join them in")
    parser.add_argument("--benchmark", nargs="+", type=Path, default=[], metavar="FILE", help="as the shards had it")
    parser.add_argument("--entities", type=Path, metavar="FILE", help="as the shards had it")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser


if __name__ == "__main__":
    sys.exit(main())

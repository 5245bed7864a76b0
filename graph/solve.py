"""Have questions solved by searching, and keep the trajectories.

  python -m graph.solve tasks.jsonl --out t.jsonl --solver teacher              one by the teacher for each task
  python -m graph.solve tasks.jsonl --out t.jsonl --samples 8 --model openai:gpt-4.1-mini      … eight by a model
  python -m graph.solve RUN --out t.jsonl --model openai:x --base-url http://localhost:8000/v1
  python -m graph.solve --environment DIR --out t.jsonl --model …               … in a packed environment
  python -m graph.solve rejected.jsonl --out t.jsonl --solver teacher           … of drafts that were sent back

Each task is searched for in the world that its record names. A line of --out is one trajectory, kept or not: its turns
verbatim, how it ended, what it cost, whether rejection sampling keeps it and why not. The same command goes on where
it was stopped: what is there is not made again, and no model is asked twice.

The teacher knows the tree and the cheapest route, and asks only what its own pages let anybody ask. A model speaks in
turns of <think>, <search> and <answer>, and is shown <information>; a turn that is none is sent back with the reason.

Exit code 0: done, 2: bad input or no model can be asked any more, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from rich.console import Console

from graph.ending import ended
from graph.solver_context import SolverContext
from graph.solving.items import Item, item_of, items_of
from graph.solving.options import add_solver, solver_of
from graph.solving.session import AGAIN, carry_out
from graph.solving.view import summary
from tasks.exports.environment import TASKS
from tasks.runs import read_records
from tasks.trajectories.results import Results
from tasks.trajectories.trajectory import read_trajectories

DONE = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _run(parsed), f"stopped; {AGAIN}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.solve", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="task records, a run directory, or drafts that were kept"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="append the trajectories to this file")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--world", help="atlas, or a world's directory (default: the one that each record names)")
    where.add_argument(
        "--environment", type=Path, metavar="DIR", help="a packed environment; without FILE its own tasks are solved"
    )
    add_solver(parser)
    return parser


def _run(parsed: argparse.Namespace) -> int:
    settings = solver_of(parsed)
    if parsed.file is None and parsed.environment is None:
        raise ValueError("nothing to solve: name a file of tasks, or an --environment with its own")
    if parsed.file is not None and parsed.file.resolve() == parsed.out.resolve():
        raise ValueError(f"--out {parsed.out}: name another file than that of the tasks")
    with Results.open(parsed.out) as results:
        asyncio.run(_solve(parsed, settings, results))
    return DONE


async def _solve(parsed: argparse.Namespace, settings: SolverContext, results: Results) -> None:
    console = Console(highlight=False)
    try:
        await carry_out(_items(parsed), parsed.samples, settings, results, console)
    finally:
        if results.done:
            console.print(summary(read_trajectories(parsed.out)))


async def _items(parsed: argparse.Namespace) -> AsyncIterator[Item]:
    if parsed.file is None:
        for record in read_records(parsed.environment / TASKS):
            yield item_of(record, str(parsed.environment))
        return
    async for item in items_of(parsed.file, parsed.world or (parsed.environment and str(parsed.environment))):
        yield item


if __name__ == "__main__":
    sys.exit(main())

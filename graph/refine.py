"""Send tasks back that solvers found too easy, or could not solve, and certify what comes of them.

  python -m graph.solve tasks.jsonl --out t.jsonl --samples 4 --model …
  python -m graph.refine tasks.jsonl t.jsonl --out refined.jsonl
  python -m graph.solve refined.jsonl --out t2.jsonl …                            and so on, until nothing is sent back

A task is sent back with the clue that gave it away where the answer was named before a page did (from memory), or after
the first searches (too early), or all was found with fewer searches than its preset asks for (too fast): that clue is
made more generic, told of another page, or becomes a sub-question. One that nobody solved gets a needed clue back.

Its run is made again from its settings and seed and goes on from there, so that every check is made anew. A line of
--out is a task: as it was where nothing is to be said against it, or as it was accepted again. Tasks that cannot be
mended are left out; what was wrong with each is printed. The same command goes on where it was stopped.

Exit code 0: done, 2: bad input, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from langgraph.checkpoint.memory import InMemorySaver
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.chats import always
from graph.context import Context
from graph.driver import Job, Runner
from graph.ending import ended
from graph.openers import default_deps
from tasks.files import append, check_appendable, read
from tasks.record import TaskRecord, tree_of
from tasks.refinement import Against, against
from tasks.runs import TASKS, read_records
from tasks.trajectories.trajectory import Trajectory, read_trajectories

DONE = 0
AS_IT_WAS, REFINED, LOST, CHANGED, BY_MODELS = (
    "as it was",
    "refined",
    "cannot be mended",
    "not the same when made again",
    "made with models",
)
"""What becomes of a task. Those that models made are not made again here: their replies are with their run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _run(parsed), "stopped; the same command goes on")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.refine", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", type=Path, metavar="TASKS", help="task records, or a run directory")
    parser.add_argument(
        "trajectories", type=Path, metavar="TRAJECTORIES", help="what python -m graph.solve made of them"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="append the tasks to this file")
    parser.add_argument(
        "--early",
        type=int,
        default=1,
        metavar="N",
        help="solvers that name the answer after so many retrievals were too early; 0 lets any (default 1)",
    )
    return parser


def _run(parsed: argparse.Namespace) -> int:
    path = parsed.tasks / TASKS if parsed.tasks.is_dir() else parsed.tasks
    check_appendable(parsed.out)
    if parsed.out.resolve() in (path.resolve(), parsed.trajectories.resolve()):
        raise ValueError(f"--out {parsed.out}: name another file than those that are read")
    tries: dict[str, list[Trajectory]] = {}
    for trajectory in read_trajectories(parsed.trajectories):
        tries.setdefault(trajectory.task, []).append(trajectory)
    records = list(read_records(path))
    if not any(record.id in tries for record in records):
        raise ValueError(f"{parsed.trajectories} holds no trajectory of a task in {path}")
    asyncio.run(Refining(parsed.out, Console(highlight=False), parsed.early).all(records, tries))
    return DONE


class Refining:
    """One invocation: tasks in, tasks out."""

    def __init__(self, out: Path, console: Console, early: int) -> None:
        self._out, self._console, self._early = out, console, early
        self._became: Counter[str] = Counter()

    async def all(self, records: Sequence[TaskRecord], tries: dict[str, list[Trajectory]]) -> None:
        """Every task that --out lacks."""
        done = {_origin(row) for _, row in read(self._out)} if self._out.exists() else set()
        for record in records:
            if record.id not in done:
                became, kept = await self._one(record, against(record, tries.get(record.id, ()), self._early))
                self._became[became] += 1
                if kept is not None:
                    append(self._out, kept.model_dump(mode="json"))
        table = Table("tasks", "")
        for became, n in self._became.most_common():
            table.add_row(became, f"{n:,}")
        self._console.print(table)

    async def _one(self, record: TaskRecord, found: Against | None) -> tuple[str, TaskRecord | None]:
        if found is None:
            return AS_IT_WAS, record
        became, again = await _again(record, found)
        said = f"{record.answer}: {found.finding}; {became}{f': {again.question}' if again else ''}"
        self._console.print(escape(said), soft_wrap=True)
        return became, again


def _origin(row: dict[str, object]) -> object:
    """The task that a line of --out comes of."""
    provenance = row.get("provenance")
    refined = provenance.get("refined") if isinstance(provenance, dict) else None
    return refined["task"] if refined else row.get("id")


async def _again(record: TaskRecord, found: Against) -> tuple[str, TaskRecord | None]:
    """The run of a record made again, sent back, and what is accepted then."""
    settings = Context(**record.provenance["settings"], seed=record.provenance["seed"])
    if settings.asks:
        return BY_MODELS, None
    runner, tree = Runner(default_deps(always(None)), InMemorySaver()), tree_of(record)
    job = Job(tree.entities[tree.root], settings)
    growth = await runner.run(job)
    if growth.verdict is None or growth.verdict.status != "accepted":
        return CHANGED, None
    if (await runner.record(job, growth)).id != record.id:
        return CHANGED, None
    after = await runner.again(job, (str(found.finding),), found.offered)
    if after is None or after.verdict is None or after.verdict.status != "accepted":
        return LOST, None
    new = await runner.record(job, after)
    told = {"task": record.id, "why": str(found.finding)}
    return REFINED, new.model_copy(update={"provenance": {**new.provenance, "refined": told}})


if __name__ == "__main__":
    sys.exit(main())

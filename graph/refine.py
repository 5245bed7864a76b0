"""Send tasks back that solvers found too easy, or could not solve, and certify what comes of them.

  python -m graph.solve tasks.jsonl --out t.jsonl --samples 4 --model …
  python -m graph.refine tasks.jsonl t.jsonl --out refined.jsonl
  python -m graph.solve refined.jsonl --out t2.jsonl …                            and so on, until nothing is sent back
  python -m graph.refine rejected.jsonl t.jsonl --out refined.jsonl               … of drafts that were sent back
  python -m graph.refine tasks.jsonl t.jsonl --out refined.jsonl --model openai:x --base-url …     made with models

A task is sent back with the clue that gave it away where the answer was named before a page did (from memory), or after
the first searches (too early), or all was found with fewer searches than its preset asks for (too fast): that clue is
made more generic, told of another page, or becomes a sub-question. One that nobody solved gets a needed clue back.

Its run is made again from its settings and seed and goes on from there, so that every check is made anew. A line of
--out is a task: as it was where nothing is to be said against it, or as it was accepted again. Drafts against which
nothing is said stay drafts, and what cannot be mended is left out; what was wrong with each is printed. The same
command goes on where it was stopped.

Where models played a part name the same ones: replies that the run rests on are taken from the file beside TASKS.

Exit code 0: done, 2: bad input or no model can be asked any more, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from graph.ending import ended
from graph.flags import add_settings, settings_from
from graph.refining.refining import carry_out
from graph.refining.tried import by_question
from roles.chat.settings import ChatSettings
from tasks.files import check_appendable
from tasks.runs import TASKS
from tasks.trajectories.trajectory import read_trajectories

DONE = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _run(parsed), "stopped; the same command goes on")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.refine", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "tasks", type=Path, metavar="TASKS", help="task records, a run directory, or drafts that were kept"
    )
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
    parser.add_argument(
        "--replies",
        type=Path,
        metavar="FILE",
        help="record file or run directory whose models' replies the tasks rest on (default TASKS, or its run)",
    )
    add_settings(parser, ChatSettings, "chat models")
    return parser


def _run(parsed: argparse.Namespace) -> int:
    given = settings_from(parsed, ChatSettings)
    given.check_named()
    path = parsed.tasks / TASKS if parsed.tasks.is_dir() else parsed.tasks
    check_appendable(parsed.out)
    if parsed.out.resolve() in (path.resolve(), parsed.trajectories.resolve()):
        raise ValueError(f"--out {parsed.out}: name another file than those that are read")
    tries = by_question(read_trajectories(parsed.trajectories))
    console = Console(highlight=False)
    asyncio.run(carry_out(path, tries, parsed.out, console, parsed.early, given, parsed.replies))
    return DONE


if __name__ == "__main__":
    sys.exit(main())

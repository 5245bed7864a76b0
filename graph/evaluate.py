"""Evaluate a solver on questions: ours, BrowseComp-Plus's, or any with an answer.

  python -m graph.evaluate tasks.jsonl --out e.jsonl --model openai:gpt-4.1-mini      our tasks, in their own worlds
  python -m graph.evaluate browsecomp.jsonl --out e.jsonl --corpus corpus.jsonl --model …
  python -m graph.evaluate questions.jsonl --out e.jsonl --world atlas --model …
  python -m graph.evaluate tasks.jsonl --out e.jsonl --solver teacher                 what a perfect solver gets

A question file is a run directory, task records, or JSON lines of one of the forms
  {"query_id": "…", "query": "…", "answer": "…", "gold_docs": [{"docid": "…", "text": "…"}, …]}
  {"question": "…", "answer": "…"}      "answers": ["…", …] where several are right
and a corpus JSON lines {"docid": "…", "text": "…"}; documents that come with the questions are searched too.

Accuracy is a careful examiner's (names, numbers and dates compared, nothing guessed); exact match and F1 are SQuAD's.
Every figure has its 95 % interval. The same command goes on where it was stopped; trajectories stay in --out.

Exit code 0: done, 2: bad input or no model can be asked any more, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table

from graph.ending import ended
from graph.solver_context import SolverContext
from graph.solving.items import Item
from graph.solving.options import add_solver, solver_of
from graph.solving.questions import is_ours, questions_of
from graph.solving.rollout import Rollout
from graph.solving.session import AGAIN, carry_out
from graph.solving.view import number, percent
from tasks.evaluation.figures import Evaluated, Tried, by_levels, evaluated, tried
from tasks.trajectories.results import Results
from tasks.trajectories.trajectory import read_trajectories

DONE = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _run(parsed), f"stopped; {AGAIN}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS", help="a question file, or a run directory")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="append the trajectories to this file")
    parser.add_argument("--world", help="where to search: atlas, or the directory of a world or packed environment")
    parser.add_argument("--corpus", type=Path, metavar="FILE", help="documents to search, JSON lines")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, progress on standard error")
    add_solver(parser)
    return parser


def _run(parsed: argparse.Namespace) -> int:
    settings = solver_of(parsed)
    if parsed.world is not None and parsed.corpus is not None:
        raise ValueError("--world and --corpus are two places to search: name one")
    if settings.solver == "teacher" and not is_ours(parsed.questions):
        raise ValueError("the teacher solves task records of ours, and these are none; name a model with --model")
    with Results.open(parsed.out) as results:
        tries = asyncio.run(_evaluate(parsed, settings, results))
    found = {"all": evaluated(tries), **{f"levels {n}": e for n, e in by_levels(tries).items()}}
    if parsed.json:
        print(json.dumps({name: each.model_dump(mode="json") for name, each in found.items()}, ensure_ascii=False))
    else:
        Console(highlight=False).print(view(found))
    return DONE


async def _evaluate(parsed: argparse.Namespace, settings: SolverContext, results: Results) -> list[Tried]:
    console, asked = Console(stderr=parsed.json, highlight=False), dict[str, Item]()

    async def items() -> AsyncIterator[Item]:
        async for item in questions_of(parsed.questions, parsed.world, parsed.corpus):
            asked[item.id] = item
            yield item

    await carry_out(items(), parsed.samples, settings, results, console)
    return _tries(asked, parsed, settings)


def _tries(asked: dict[str, Item], parsed: argparse.Namespace, settings: SolverContext) -> list[Tried]:
    """The trajectories that this command asks for; --out may hold those of others too."""
    wanted = {Rollout(i.id, i.question, n, settings).id: i for i in asked.values() for n in range(parsed.samples)}
    found = (t for t in read_trajectories(parsed.out) if t.id in wanted)
    return [tried(t, wanted[t.id].answers, wanted[t.id].levels, wanted[t.id].gold) for t in found]


def view(found: dict[str, Evaluated]) -> RenderableType:
    """The figures as a table, and how the trajectories ended."""
    table = Table("", *found)
    rows: list[tuple[str, Any]] = [
        ("questions", lambda e: f"{e.questions:,}"),
        ("accuracy", lambda e: percent(e.accuracy)),
        ("exact match", lambda e: percent(e.exact)),
        ("F1", lambda e: percent(e.f1)),
        ("searches", lambda e: number(e.searches)),
        ("gold pages found", lambda e: percent(e.recall)),
        ("tokens", lambda e: f"{e.tokens:,}"),
        ("US dollars", lambda e: "unknown" if e.cost_usd is None else f"{e.cost_usd:.4f}"),
    ]
    for name, cell in rows:
        table.add_row(name, *(cell(each) for each in found.values()))
    outcomes = Table("outcome", "trajectories")
    for outcome, n in found["all"].outcomes.items():
        outcomes.add_row(outcome, f"{n:,}")
    return Group(table, outcomes)


if __name__ == "__main__":
    sys.exit(main())

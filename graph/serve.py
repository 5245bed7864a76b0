"""Serve a task environment over HTTP: retrieval as trainers of search agents call it, and episodes.

  python -m graph.serve ENVIRONMENT                      a packed environment, with its tasks and their reward sheets
  python -m graph.serve WORLD --tasks tasks.jsonl        a world, with the tasks of a file

  POST /retrieve  {"queries": ["…"], "topk": 3, "return_scores": true}      as Search-R1's retrieval server
  POST /reset     {"task": "…"}                           -> {"episode": "…", "question": "…"}
  POST /step      {"episode": "…", "text": "<think>…"}    -> {"observation": "…", "done": false, …}
  GET  /tasks     GET /health

A request that is none gets {"error": "…"} and status 400. Needs the extra serve. Exit code 2: bad input, 130: stopped.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from graph.ending import ended
from tasks.environments.environment import TaskEnvironment
from tasks.environments.episode import Budget
from tasks.environments.hosting import Host
from tasks.environments.searched import Packed, Searched
from tasks.exports.environment import Environment
from tasks.exports.manifest import MANIFEST
from tasks.record import TaskRecord
from tasks.runs import read_records
from tasks.trajectories.making import MOST, sheet_of
from tasks.trajectories.sheet import TOP, Sheet
from worlds.opening import is_live, open_world

SERVED = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: _serve(parsed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.serve", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("world", metavar="WORLD", help="a packed environment, the directory of a world, or its name")
    parser.add_argument("--tasks", type=Path, metavar="FILE", help="task records; a packed environment has its own")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on; 0: any (default %(default)s)")
    parser.add_argument("--k", type=int, default=TOP, help="pages a search of an episode brings (default %(default)s)")
    parser.add_argument("--episodes", type=int, default=10_000, help="most under way; then the oldest is dropped")
    for name, field in Budget.model_fields.items():
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=int, default=field.default, help=f"{field.description} (default %(default)s)")
    return parser


def _serve(parsed: argparse.Namespace) -> int:
    try:
        from tasks.environments.http import application, listen  # noqa: PLC0415
    except ImportError as error:
        raise ValueError(f"serving needs {error.name}: pip install -e '.[serve]'") from None
    host = asyncio.run(hosted(parsed))
    listen(application(host), parsed.host, parsed.port)
    return SERVED


async def hosted(parsed: argparse.Namespace) -> Host:
    """What the command's flags ask to be served. Raises `OSError` or `ValueError` when that cannot be."""
    budget = _budget(parsed)
    if not 0 <= parsed.port <= 65535:
        raise ValueError(f"--port {parsed.port!r}: expected a port from 0 to 65535")
    searched, tasks, sheets = await _opened(parsed.world, parsed.tasks)
    environment = TaskEnvironment(searched, parsed.k, budget)
    return Host(environment, tasks, sheets, most=parsed.episodes)


def _budget(parsed: argparse.Namespace) -> Budget:
    try:
        return Budget(**{name: getattr(parsed, name) for name in Budget.model_fields})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"--{str(first['loc'][0]).replace('_', '-')} {first['input']!r}: {first['msg']}") from None


async def _opened(name: str, file: Path | None) -> tuple[Searched, list[TaskRecord], list[Sheet]]:
    if (Path(name) / MANIFEST).is_file():
        if file is not None:
            raise ValueError("--tasks goes with a world; a packed environment has its own tasks")
        packed = Environment.open(Path(name))
        return Packed(packed), list(packed.tasks()), list(packed.sheets())
    world = open_world(name)
    tasks = list(read_records(file)) if file is not None else []
    for task in tasks:
        if task.provenance["world"]["sha256"] != world.sha256:
            raise ValueError(f"task {task.id} was made in another world than {name!r}; name the right one")
    return world, tasks, [await sheet_of(task, world, most=0 if is_live(name) else MOST) for task in tasks]


if __name__ == "__main__":
    sys.exit(main())

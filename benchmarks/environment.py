"""How many search steps a second the environment makes, and what many episodes at once take.

  python -m worlds build pages wikispeedia.jsonl.xz --out wiki
  python -m benchmarks.environment wiki

A step is a solver's turn with one query: parsed, searched with k = 5, refined, and shown. One JSON line for each kind
of query, one for the memory of a process with many episodes, then targets, machine and versions. Rates are summed over
the processes; `steps_per_s_of_processor` is by the processor time that they got, for machines that are shared.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import sys
import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.cases import about, completed, emit, progress
from tasks.environments.environment import TaskEnvironment
from tasks.environments.episode import Budget, Episode
from tasks.trajectories.transcript import say
from worlds.local import LocalWorld

TARGETS = {"steps_per_s": 2000, "episodes": 1000, "peak_mb": 1500}
KINDS = ("a title", "a title and three words", "eight words of a page")
UNBOUNDED = Budget(turns=10_000, searches=10_000)


class Asked(NamedTuple):
    """A task of which only the question matters here."""

    id: str
    question: str


async def queries_of(world: LocalWorld, kind: str, count: int, seed: str) -> list[str]:
    """Queries of one kind, drawn by the seed."""
    draw = Random(seed)
    return [await _query(world, kind, draw) for _ in range(count)]


async def _query(world: LocalWorld, kind: str, draw: Random) -> str:
    page = await world.page(draw.choice(world.page_ids))
    words = page.text.split() or [page.title]
    at = draw.randrange(len(words))
    if kind == "a title":
        return page.title
    return " ".join([page.title, *words[at : at + 3]] if kind == "a title and three words" else words[at : at + 8])


class Rate(NamedTuple):
    """Steps a second of one process, by the clock and by the processor time that it got."""

    kind: str
    wall: float
    cpu: float


async def steps(environment: TaskEnvironment, kind: str, queries: list[str]) -> Rate:
    """The rate of these steps, each of an episode of its own."""
    wall, cpu = time.perf_counter(), time.process_time()
    for query in queries:
        await environment.step(environment.reset(Asked("t", "?")), say("", [query]))
    return Rate(kind, len(queries) / (time.perf_counter() - wall), len(queries) / (time.process_time() - cpu))


def work(path: str, number: int, count: int, ready: Barrier, results: "Queue[Rate]") -> None:
    """One process: per kind of query the steps a second, timed while all the others are at it; pages read before."""

    async def run() -> None:
        world = LocalWorld(Path(path))
        environment = TaskEnvironment(world, budget=UNBOUNDED)
        for kind in KINDS:
            queries = await queries_of(world, kind, count, f"{number}:{kind}")
            await steps(environment, kind, queries)
            ready.wait()
            results.put(await steps(environment, kind, queries))
            ready.wait()

    asyncio.run(run())


def rates(path: str, workers: int, count: int) -> list[Rate]:
    """Steps a second of all processes together, by kind of query."""
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(workers), context.Queue()
    processes = [context.Process(target=work, args=(path, n, count, ready, results)) for n in range(workers)]
    for process in processes:
        process.start()
    found = [results.get(timeout=1800) for _ in range(workers * len(KINDS))]
    for process in processes:
        process.join()
    return [Rate(k, sum(r.wall for r in found if r.kind == k), sum(r.cpu for r in found if r.kind == k)) for k in KINDS]


async def many(path: str, episodes: int, turns: int) -> dict[str, Any]:
    """What a process holds with so many episodes under way, each after so many steps of one query."""
    world = LocalWorld(Path(path))
    environment = TaskEnvironment(world, budget=UNBOUNDED)
    under_way: list[Episode] = [environment.reset(Asked(f"t{n}", "?")) for n in range(episodes)]
    for turn in range(turns):
        queries = await queries_of(world, KINDS[1], episodes, f"many:{turn}")
        asked = [environment.step(e, say("", [q])) for e, q in zip(under_way, queries, strict=True)]
        under_way = [step.episode for step in await asyncio.gather(*asked)]
        progress(f"{episodes} episodes, turn {turn + 1}/{turns}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    held = sum(len(search.information) for e in under_way for turn in e.turns for search in turn.searches)
    return {"episodes": episodes, "turns": turns, "passages": held, "peak_mb": round(peak)}


async def run(parsed: argparse.Namespace) -> int:
    """The benchmark; 1 when a target is missed, by processor time."""
    LocalWorld(Path(parsed.world))  # says what is wrong before anything starts
    memory = await many(parsed.world, parsed.episodes, parsed.turns)
    found = await asyncio.to_thread(rates, parsed.world, parsed.workers, parsed.steps)
    for kind, wall, cpu in found:
        each = {"steps_per_s": round(wall), "steps_per_s_of_processor": round(cpu)}
        emit({"query": kind, **each, "workers": parsed.workers, "steps": parsed.steps})
    emit(memory)
    emit({"targets": TARGETS, **about()})
    return int(min(rate.cpu for rate in found) < TARGETS["steps_per_s"] or memory["peak_mb"] > TARGETS["peak_mb"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", help="the directory of a built world")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default %(default)s)")
    parser.add_argument("--steps", type=int, default=3000, help="of each kind in each process (default %(default)s)")
    parser.add_argument("--episodes", type=int, default=1000, help="under way at once (default %(default)s)")
    parser.add_argument("--turns", type=int, default=10, help="of each of these (default %(default)s)")
    return completed(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())

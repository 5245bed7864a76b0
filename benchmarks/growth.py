"""How a world grows: building, opening, candidate sets and questions from 10^4 entities to 5 million.

    python benchmarks/growth.py --sizes 10000 100000 1000000 5000000 --dir /var/tmp/worlds

A world of 5 million entities has 50 million facts on a million pages; it takes some 15 GB of disk and most of an hour.
Prints a JSON line a size.
"""

import argparse
import asyncio
import json
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.generated import Generated
from benchmarks.timing import awaited, timed
from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from hcsp.constraints import Constraint, RelationConstraint, ToEntity, ToVertex, TypeConstraint
from hcsp.solver import Solver
from hcsp.tree import ResearchTree, Variable
from worlds.build import build
from worlds.local import LocalWorld
from worlds.model import Fact

TREES, LOOKUPS, RUNS = 300, 2000, 5
HUGE, NARROW, ONWARD = "P106", ("P19", "P69", "P166"), "P184"
"""What many have in common, what few have, and what leads on to another person."""


def main() -> None:
    """Build and measure each size, every part in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="about how many entities")
    parser.add_argument("--dir", type=Path, required=True, help="where the worlds are built; they are removed again")
    parser.add_argument("--keep", action="store_true", help="leave the worlds there")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.part:
        print(json.dumps(PARTS[parsed.part](parsed.sizes[0], parsed.dir)))
        return
    versions = {name: version(name) for name in ("numpy", "pyroaring", "tantivy")}
    for size in parsed.sizes:
        world = parsed.dir / f"generated-{size}"
        row = {"benchmark": "growth", "size": size}
        for part in PARTS:
            row |= _apart(part, size, world)
        row |= {"machine": platform.machine(), "python": platform.python_version()} | versions
        print(json.dumps(row), flush=True)
        if not parsed.keep:
            shutil.rmtree(world)


def _apart(part: str, size: int, world: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--sizes", str(size), "--dir", str(world), "--part", part]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def built(size: int, path: Path) -> dict[str, Any]:
    """Seconds, peak memory and disk of building."""
    begun = time.perf_counter()
    if not path.exists():
        data = Generated(size, seed=0)
        build(data, data.pages(), path)
    taken = time.perf_counter() - begun
    disk = sum(file.stat().st_size for file in path.rglob("*"))
    return {
        **LocalWorld(path).counts,
        "build_s": round(taken, 1),
        "build_cpu_s": round(time.process_time(), 1),
        "build_peak_gb": _peak_gb(),
        "disk_gb": round(disk / 1e9, 2),
    }


def opened(size: int, path: Path) -> dict[str, Any]:
    """Milliseconds of opening, of pages drawn at random, of searches, and of `H` over six vertices."""
    begun = time.perf_counter()
    world = LocalWorld(path)
    opening = time.perf_counter() - begun
    rng = Random("growth")
    pages = [world.page_ids[rng.randrange(len(world.page_ids))] for _ in range(LOOKUPS)]
    trees = list(_trees(world, rng))
    first, again = (timed(lambda tree: Solver(tree, world.source).answers(), trees) for _ in range(2))
    return {
        "open_ms": round(1000 * opening, 1),
        "page_ms": round(statistics.median(asyncio.run(awaited(world.page, pages))), 4),
        "trees": len(trees),
        "largest_set": max(len(world.source.members(tree.clues[0]).upper) for tree in trees),
        "h_ms": round(statistics.median(first), 3),
        "h_p99_ms": round(statistics.quantiles(first, n=100)[98], 3),
        "h_again_ms": round(statistics.median(again), 3),
        "peak_gb": _peak_gb(),
    }


def certified(size: int, path: Path) -> dict[str, Any]:
    """Whole runs of the graph, from an entity to a certified question."""
    return asyncio.run(_certified(path))


async def _certified(path: Path) -> dict[str, Any]:
    settings = Context(world=str(path), difficulty="easy")
    runner = Runner(default_deps(), None)
    world = await runner.deps.world(settings)
    entities, taken, accepted = await world.sample(RUNS, "growth"), [], 0
    for entity in entities:
        begun = time.process_time()
        growth = await runner.run(Job(entity, settings))
        accepted += growth.verdict is not None and growth.verdict.status == "accepted"
        taken.append(time.process_time() - begun)
    return {"runs": len(taken), "accepted": accepted, "run_cpu_s": round(statistics.median(taken), 2)}


PARTS: dict[str, Callable[[int, Path], dict[str, Any]]] = {"built": built, "opened": opened, "certified": certified}


def _peak_gb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def _trees(world: LocalWorld, rng: Random) -> Iterator[ResearchTree]:
    """Trees of two people, one the other's advisor, with two clues each; what the first does, many others do too."""
    found = 0
    while found < TREES:
        root = world.entity_ids[rng.randrange(len(world.entity_ids))]
        mine = _by_relation(world, root)
        above = mine.get(ONWARD)
        hers = _by_relation(world, above) if above else {}
        if HUGE in mine and above and above != root and set(NARROW) <= hers.keys():
            found += 1
            yield _tree(root, above, mine, hers)


def _by_relation(world: LocalWorld, entity: str) -> dict[str, str]:
    facts: list[Fact] = asyncio.run(world.facts(entity))
    return {fact.relation: fact.object for fact in facts if fact.subject == entity}


def _tree(root: str, above: str, mine: dict[str, str], hers: dict[str, str]) -> ResearchTree:
    clues = [("A", HUGE, mine[HUGE]), ("A", NARROW[0], mine[NARROW[0]])]
    clues += [("B", relation, hers[relation]) for relation in NARROW[1:]]
    constraints: list[Constraint] = [
        RelationConstraint(id=f"c{n}", vertex=v, relation=r, direction="out", target=ToEntity(entity=e, label=""))
        for n, (v, r, e) in enumerate(clues)
    ]
    onward = ToVertex(vertex="B")
    edge = RelationConstraint(id="e", vertex="A", relation=ONWARD, direction="out", target=onward)
    nouns = [TypeConstraint(id=f"t{v}", vertex=v, type="human") for v in "AB"]
    variables = (Variable(id="A", entity=root), Variable(id="B", entity=above))
    return ResearchTree(variables=variables, constraints=(*constraints, edge, *nouns))


if __name__ == "__main__":
    main()

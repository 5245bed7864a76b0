"""How high do search floors get, and how many hard questions come within some processor time?

  python -m benchmarks.floors --world DIR --count 100 --minutes 3

One JSON line per yield curve: the share of sampled eligible roots that `medium` accepts with `search_floor` >= 3, 4, 5
and 6, as it comes and when that floor is asked for; one with the `hard` questions. Each has the funnel of reasons.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import Funnel, about, completed, emit, generate
from benchmarks.variants import AS_SHIPPED, Variant
from graph.context import Context
from hcsp.certificate import Certificate, low
from tasks.files import append
from tasks.record import TaskRecord, certificate_of, tree_of
from worlds.opening import open_world

FLOORS = (3, 4, 5, 6)


def main() -> int:
    """Measure and print; exit code 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", required=True, help="the directory of a built world, or atlas")
    parser.add_argument("--count", type=int, default=100, help="roots a curve (default 100)")
    parser.add_argument("--seed", type=int, default=0, help="draws the roots (default 0)")
    parser.add_argument("--asked", type=int, nargs="*", default=FLOORS, help="floors to ask for (default 3 4 5 6)")
    parser.add_argument("--minutes", type=float, default=3.0, help="processor time for hard questions (default 3)")
    parser.add_argument("--target", type=int, default=20, help="hard questions after which to stop (default 20)")
    parser.add_argument("--out", type=Path, help="append every accepted record to this file")
    return completed(run(parser.parse_args()))


async def run(parsed: argparse.Namespace) -> None:
    """The curves, then the hard questions."""
    world = open_world(parsed.world)
    roots = await world.sample(parsed.count, f"{parsed.seed}:floors")
    medium = Context(world=parsed.world, retrieval=True, seed=parsed.seed)
    for floor in parsed.asked:
        variant = Variant(f"medium, floor {floor}", preset={"search_floor": floor})
        emit(await curve(medium, roots, variant, parsed.out))
    hard = Context(world=parsed.world, difficulty="hard", seed=parsed.seed)
    many = await world.sample(len(world.entity_ids), f"{parsed.seed}:hard")
    emit(await hard_questions(hard, many, parsed))
    emit({"world": world.name, "roots": len(roots), "seed": parsed.seed, **about()})


async def curve(settings: Context, roots: Sequence[str], variant: Variant, out: Path | None) -> dict[str, Any]:
    """The yield of one preset at each floor."""
    funnel, floors, shapes = Funnel(), Counter[int](), Counter[str]()
    async for record in generate(settings, roots, funnel, variant):
        keep(record, out)
        floors[floor_of(certificate_of(record))] += 1
        shapes[tree_of(record).shape] += 1
    shares = {str(n): round(sum(k for f, k in floors.items() if f >= n) / len(roots), 3) for n in FLOORS}
    row = {"curve": variant.name, "accepted": floors.total(), "share_at_least": shares}
    return row | {"floors": dict(sorted(floors.items())), "shapes": len(shapes)} | funnel.row()


async def hard_questions(settings: Context, roots: Sequence[str], parsed: argparse.Namespace) -> dict[str, Any]:
    """How many `hard` questions come within the processor time, or how long the target takes."""
    funnel, floors = Funnel(), Counter[int]()
    made = generate(settings, roots, funnel, AS_SHIPPED, 60 * parsed.minutes)
    async for record in made:
        keep(record, parsed.out)
        floors[floor_of(certificate_of(record))] += 1
        if floors.total() >= parsed.target:
            break
    await made.aclose()
    row = {"hard": floors.total(), "target": parsed.target, "minutes": round(funnel.cpu_s / 60, 2)}
    return row | {"floors": dict(sorted(floors.items()))} | funnel.row()


def floor_of(certificate: Certificate) -> int:
    """The proved floor, 0 where there is no route."""
    return low(certificate.search_floor or 0)


def keep(record: TaskRecord, out: Path | None) -> None:
    """Append a record where a file is named."""
    if out is not None:
        append(out, record.model_dump(mode="json"))


if __name__ == "__main__":
    sys.exit(main())

"""Of which share of a world's entities does a question come? Prints a JSON line: yield and its interval (Wilson, 95 %),
shapes, relations, funnel.

python benchmarks/yields.py --world atlas --population five --difficulty easy --sample 300
"""

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from random import Random

from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from graph.quota import Quota
from tasks.trajectories.intervals import share
from worlds.local import LocalWorld
from worlds.opening import open_world

POPULATIONS = {
    "rootable": "at least three facts of their own and at most 50 incoming ones",
    "five": "five facts or more, as subject or object, closure included",
}


def main() -> None:
    """Measure one world, population and preset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="atlas")
    parser.add_argument("--population", choices=POPULATIONS, default="rootable", help=str(POPULATIONS))
    parser.add_argument("--difficulty", default="medium")
    parser.add_argument("--retrieval", action="store_true")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    print(json.dumps(vars(parsed) | asyncio.run(measure(parsed))))


async def measure(parsed: argparse.Namespace) -> dict[str, object]:
    """Run every drawn entity under a running quota of relations."""
    world = open_world(parsed.world)
    runner, quota = Runner(default_deps(), None), Quota()
    settings = Context(world=parsed.world, difficulty=parsed.difficulty, retrieval=parsed.retrieval, seed=parsed.seed)
    shapes, funnel, begun = Counter[str](), Counter[str](), time.process_time()
    entities = await drawn(world, parsed.population, parsed.sample, parsed.seed)
    for entity in entities:
        growth = await runner.run(Job(entity, quota.narrow(settings)))
        if growth.verdict and growth.verdict.status == "accepted":
            shapes[growth.grown.shape] += 1
            quota.add(c.relation for c in growth.grown.constraints if c.kind != "type")
        else:
            reasons = growth.verdict.reasons if growth.verdict else ("unfinished",)
            funnel[re.sub(r"\b[A-Z]?\d[\d.]*\b|\b[A-Z]\b", "…", reasons[0])] += 1
    total, found = quota.counts.total() or 1, share(shapes.total(), len(entities))
    return {
        "tried": len(entities),
        "accepted": shapes.total(),
        "yield": [round(end, 3) if end is not None else None for end in (found.value, found.low, found.high)],
        "shapes": dict(shapes.most_common()),
        "largest_relation": round(max(quota.counts.values(), default=0) / total, 3),
        "cpu_s": round(time.process_time() - begun, 1),
        "funnel": dict(funnel.most_common()),
    }


async def drawn(world: LocalWorld, population: str, sample: int, seed: int) -> list[str]:
    """The entities to try."""
    if population == "rootable":
        return await world.sample(sample, str(seed))
    every = [e for e in world.entity_ids if len(await world.facts(e)) >= 5]
    return Random(seed).sample(every, min(sample, len(every)))


if __name__ == "__main__":
    main()

"""How long certificates take: without retrieval, with chords, and the search for the floor. Prints JSON lines.

python benchmarks/certificate.py [--world DIR] [--records FILE] [--sample N] [--data DIR]

Trees come from a file of records made in that world, or are generated. To see the growth with clues, true clues that
nobody needs are added one by one, up to twelve; to see it with facts, the same is done in worlds that hold a share of
`codex-labelled.json.gz` in `--data`. Milliseconds of wall time; `cold` lines are the first time a tree is seen.
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import combinations
from math import ceil
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

from pyroaring import BitMap

from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from hcsp.bounds import Bounds
from hcsp.certificate import Certificate, Interval, certify
from hcsp.constraints import (
    Anchored,
    CompareConstraint,
    Constraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToVertex,
    TypeConstraint,
)
from hcsp.nouns import noun_of
from hcsp.retrieval import reach
from hcsp.tree import ResearchTree, Variable
from tasks.queries import retrieve
from tasks.record import TaskRecord, tree_of
from worlds.build import build
from worlds.local import LocalWorld
from worlds.opening import open_world
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples

FILE = "codex-labelled.json.gz"
MOST = 12
"""Most clues of a tree."""
GENERIC = 5
"""Fewest candidates of a clue that is added."""
SHARES = (0.25, 0.5, 1.0)
TARGETS = {"certificate": {"median_ms": 3}, "search floor": {"median_ms": 150, "p99_ms": 2000}}


class Case(NamedTuple):
    """A tree and its wording."""

    tree: ResearchTree
    question: str
    surfaces: dict[str, str]


async def cases(name: str, world: LocalWorld, records: Path | None, sample: int) -> list[Case]:
    """Of a file of records, or of as many sampled roots as give a question."""
    if records is not None:
        found = [TaskRecord.model_validate_json(line) for line in records.read_text("utf-8").splitlines()]
        own = [r for r in found if r.provenance["world"]["sha256"] == world.sha256]
        return [Case(tree_of(r), r.question, {c["id"]: c["surface"] for c in r.constraints}) for r in own]
    runner, settings = Runner(default_deps(), None), Context(world=name)
    grown = [g for entity in await world.sample(sample, "0") async for g in runner.drafts(Job(entity, settings))]
    done = [g for g in grown if g.verdict and g.verdict.status == "accepted" and g.wording]
    return [Case(g.grown, g.wording.question, dict(g.wording.surfaces)) for g in done if g.wording]


async def spare(world: LocalWorld, tree: ResearchTree, rng: Random) -> list[Constraint]:
    """True clues that leave enough candidates and are not in the tree, in a drawn order."""
    inside, found = {*tree.entities.values(), *tree.constants}, list[Constraint]()
    for vertex, entity in tree.entities.items():
        pool = world.source.members(tree.noun(vertex))
        for n, clue in enumerate(await ties(world, vertex, entity)):
            far = clue.target.entity if isinstance(clue.target, ToEntity) else ""
            if far not in inside and len(world.source.restrict(clue, pool).lower) >= GENERIC:
                found.append(clue.model_copy(update={"id": f"spare {vertex}{n}"}))
    return rng.sample(found, len(found))


async def ties(world: LocalWorld, vertex: str, entity: str) -> list[RelationConstraint]:
    """The facts about an entity that lead to another one, as clues."""
    found = []
    for fact in await world.facts(entity):
        out = fact.subject == entity
        target = ToEntity(entity=fact.object if out else fact.subject, label="")
        if fact.kind == "entity" and fact.subject != fact.object:
            found.append(
                RelationConstraint(
                    id="", vertex=vertex, relation=fact.relation, direction="out" if out else "in", target=target
                )
            )
    return found


async def chords(world: LocalWorld, tree: ResearchTree) -> list[Anchored]:
    """All that hold between two variables of a tree: shared values and comparisons."""
    source, found = world.source, list[Anchored]()
    for one, other in combinations(tree.entities, 2):
        pools = [Bounds.exactly(BitMap([source.index(tree.entities[v])])) for v in (one, other)]
        for relation, about in (await world.relations()).items():
            anchor, name = ToVertex(vertex=other), f"{one}{other}{relation}"
            options: list[Anchored] = [SameConstraint(id=name, vertex=one, relation=relation, anchor=anchor)]
            if about.kind in ("time", "quantity"):
                later = CompareConstraint(id=f"{name}>", vertex=one, relation=relation, op=">", anchor=anchor)
                options += [later, later.model_copy(update={"id": f"{name}<", "op": "<"})]
            found += [c for c in options if source.preimage(c, pools[1], pools[0]).lower]
    return found


def timed(world: LocalWorld, trees: Sequence[ResearchTree]) -> list[tuple[float, Certificate]]:
    """Milliseconds and certificate of each tree."""
    found = []
    for tree in trees:
        begun = perf_counter()
        proof = certify(tree, world.source)
        found.append((1000 * (perf_counter() - begun), proof))
    return found


def figures(times: Iterable[float]) -> dict[str, Any]:
    """Nearest-rank quantiles."""
    ranked = sorted(times)
    shares = (("median_ms", 0.5), ("p90_ms", 0.9), ("p99_ms", 0.99), ("most_ms", 1.0))
    return {name: round(ranked[ceil(share * len(ranked)) - 1], 2) for name, share in shares} if ranked else {}


def row(world: LocalWorld, trees: Sequence[ResearchTree]) -> dict[str, Any]:
    """A line's figures of certificates without retrieval, second time of two."""
    cold, warm = timed(world, trees), timed(world, trees)
    open_ones = sum(any(isinstance(n, Interval) for n in p.necessary.values()) for _, p in warm)
    clues = [len(tree.clues) for tree in trees]
    return {
        "trees": len(trees),
        "clues": [min(clues), max(clues)] if clues else [],
        "inexact": open_ones,
        **figures(time for time, _ in warm),
        "cold": figures(time for time, _ in cold),
    }


async def certificates(world: LocalWorld, found: Sequence[Case]) -> Iterator[dict[str, Any]]:
    """Trees without chords, with one and two, and with clues added up to twelve."""
    bare = [_without_chords(case.tree) for case in found]
    lines = [{"benchmark": "certificate", "chords": 0} | row(world, bare)]
    tied = [(tree, await chords(world, tree)) for tree in bare]
    for n in (1, 2):
        trees = [_with(tree, own[:n]) for tree, own in tied if len(own) >= n]
        lines.append({"benchmark": "certificate", "chords": n} | row(world, trees))
    extra = [(tree, await spare(world, tree, Random(f"{n}:spare"))) for n, tree in enumerate(bare)]
    for clues in range(2, MOST + 1, 2):
        trees = [_with(t, more[: clues - len(t.clues)]) for t, more in extra if len(t.clues) <= clues]
        trees = [t for t in trees if len(t.clues) == clues]
        lines.append({"benchmark": "growth with clues", "asked": clues} | row(world, trees))
    return iter(lines)


def _without_chords(tree: ResearchTree) -> ResearchTree:
    kept = tuple(c for c in tree.constraints if c not in tree.chords)
    return ResearchTree(variables=tree.variables, constraints=kept)


def _with(tree: ResearchTree, clues: Iterable[Constraint]) -> ResearchTree:
    return ResearchTree(variables=tree.variables, constraints=(*tree.constraints, *clues))


async def floors(world: LocalWorld, found: Sequence[Case]) -> dict[str, Any]:
    """The fields that need a retriever: asking it, and the searches over what it gives."""
    asking, searching, exact, queries = [], [], 0, []
    for case in found:
        begun = perf_counter()
        retrieved = await retrieve(world, case.tree, case.question, case.surfaces)
        asked = perf_counter()
        seen = reach(retrieved)
        searching.append(1000 * (perf_counter() - asked))
        asking.append(1000 * (asked - begun))
        exact += seen.floor is not None and seen.floor.low == seen.floor.high
        queries.append(len(retrieved.queries))
    both = [a + s for a, s in zip(asking, searching, strict=True)]
    return {
        "benchmark": "search floor",
        "trees": len(found),
        "exact": exact,
        "queries": sorted(queries)[len(queries) // 2] if queries else 0,
        **figures(both),
        "asking": figures(asking),
        "searching": figures(searching),
    }


async def draw(world: LocalWorld, count: int, clues: int) -> list[ResearchTree]:
    """Random trees of two variables with that many clues, true of their entities, wherever facts allow."""
    rng, found = Random(f"{world.name}:draw"), list[ResearchTree]()
    for root in await world.sample(20 * count, "0"):
        options = await ties(world, "A", root)
        edge = rng.choice(options) if options else None
        if edge is None or not isinstance(edge.target, ToEntity) or edge.target.entity == root:
            continue
        ends = {"A": root, "B": edge.target.entity}
        kinds = {v: noun_of((await world.entity(e)).types, world.source) for v, e in ends.items()}
        tied = edge.model_copy(update={"id": "edge", "target": ToVertex(vertex="B")})
        tree = ResearchTree(
            variables=tuple(Variable(id=v, entity=e) for v, e in ends.items()),
            constraints=(*(TypeConstraint(id=f"noun {v}", vertex=v, type=t) for v, t in kinds.items()), tied),
        )
        more = (await spare(world, tree, rng))[:clues]
        if len(more) == clues:
            found.append(_with(tree, more))
        if len(found) == count:
            break
    return found


async def growth(data: Path) -> list[dict[str, Any]]:
    """Drawn trees of six clues over growing shares of the facts."""
    lines = []
    for share in SHARES:
        with tempfile.TemporaryDirectory() as scratch:
            world = part(data / FILE, share, Path(scratch) / "world")
            trees = await draw(world, 200, 6)
            lines.append({"benchmark": "growth with facts", "facts": world.counts["facts"]} | row(world, trees))
    return lines


def part(path: Path, share: float, out: Path) -> LocalWorld:
    """A world of all entities and a drawn share of the facts."""
    triples = read_triples(path, "codex")
    facts = sorted(set(triples.data.facts))
    kept = Random("part").sample(facts, int(share * len(facts)))
    data = triples.data._replace(facts=kept)
    wording = plain_sentences({r.id: r for r in data.relations}, triples.descriptions)
    build(data, render_pages(data, wording, seed=0), out)
    return LocalWorld(out)


async def run(name: str, records: Path | None, sample: int, data: Path) -> None:
    """Every line in turn."""
    packages = ("numpy", "pyroaring", "tantivy", "pydantic")
    about = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    about |= {p: version(p) for p in packages}
    world = open_world(name)
    found = await cases(name, world, records, sample)
    facts = {"world": world.name, "facts": world.counts["facts"]}
    for line in (*await certificates(world, found), await floors(world, found)):
        print(json.dumps(facts | line), flush=True)
    for line in await growth(data) if (data / FILE).exists() else ():
        print(json.dumps(line), flush=True)
    print(json.dumps({"targets": TARGETS} | about))


def main() -> None:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="atlas", help="the embedded world atlas, or the directory of a built world")
    parser.add_argument("--records", type=Path, help="records made in that world; generated when absent")
    parser.add_argument("--sample", type=int, default=150, help="how many roots to generate from")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help=f"the directory of {FILE}")
    parsed = parser.parse_args()
    asyncio.run(run(parsed.world, parsed.records, parsed.sample, parsed.data))


if __name__ == "__main__":
    main()

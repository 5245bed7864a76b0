"""How near the optimum is blur? Its choice beside every choice of clues that meets the preset. Prints JSON lines.

python -m benchmarks.optimum --world DIR [--count 40] [--seed 1] [--sweep]

Skeletons of two or three variables are grown by the graph itself at `medium`, and what blur was given at the root is
kept. To make enumeration possible each pool is cut to a handful, drawn by the seed around the clues that blur chose
from the whole pool. Every choice of at most four of them a variable and eight in all is certified, without retrieval,
and those that meet the preset are scored by `hcsp.trail.worth`. One line a skeleton, then one a search: blur as
shipped, its first choice (`--no-optimised`), a blind draw from all that meet the preset; `--sweep` adds one for each
change of the search's constants. On the whole pools, where the optimum is not known, the same searches are held
against the best known: the handful's optimum, or what one of them found. Milliseconds of processor time.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import chain, combinations, islice
from random import Random
from statistics import fmean, median
from time import process_time
from typing import Any, NamedTuple
from unittest.mock import patch

from pyroaring import BitMap

from benchmarks.cases import about, emit, progress
from benchmarks.variants import Variant, applied
from graph.build import default_deps
from graph.context import Context
from graph.driver import Job, Runner
from hcsp import covers, selection
from hcsp.bounds import Bounds
from hcsp.certificate import certify, low
from hcsp.constraints import Anchored, Constraint, RelationConstraint, anchor_of, child_of, grounded
from hcsp.covers import Option
from hcsp.preset import Preset, failures
from hcsp.selection import Pools, Refusal, choose_clues
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.trail import Trail, outlook, worth
from hcsp.tree import ResearchTree
from worlds.local import LocalWorld
from worlds.opening import open_world

SMALL = Variant("two or three variables", preset={"variables": (2, 3)})
MOST = 8
"""Most clues of an enumerated tree."""
LIMIT = 4_000
"""Most choices of one skeleton that are certified; where there are more, its handfuls are made smaller."""
AIM = 0.9
SWEEP: Sequence[Mapping[str, int]] = (
    *({"SOLUTIONS": n} for n in (6, 12, 48)),
    *({"ROOT_BEAM": n} for n in (10, 20, 80)),
    *({"BEAM": n} for n in (3, 12)),
    *({"EACH": n} for n in (1, 6, 12)),
    *({"TRIALS": n} for n in (20, 200)),
    *({"BUDGET": n} for n in (100, 200, 1_600)),
    {"EACH": 6, "BEAM": 12, "ROOT_BEAM": 80, "SOLUTIONS": 48},
    {"EACH": 12, "BEAM": 12, "ROOT_BEAM": 160, "SOLUTIONS": 48, "BUDGET": 1_600},
    {"EACH": 24, "BEAM": 24, "ROOT_BEAM": 400, "SOLUTIONS": 96, "BUDGET": 6_400, "TRIALS": 400},
)
"""Other values of the search's constants, one at a time, then several together."""

Choice = Mapping[str, "Pinned"]


@dataclass(frozen=True)
class Case:
    """What blur is given at the root, and the tree that it chose."""

    tree: ResearchTree
    pools: Pools
    source: CandidateSource
    preset: Preset
    trail: Trail
    chosen: ResearchTree

    def option(self, clue: Constraint) -> Option:
        """A clue with its candidates, what it is held against being solved."""
        anchor = anchor_of(clue)
        if anchor is not None and isinstance(clue, Anchored):
            alone: Constraint = grounded(clue, anchor, self.tree.entities[anchor])
        else:
            alone = clue
        found = self.source.restrict(alone, self.noun(clue.vertex))
        return Option(clue, found.upper, found.lower, False)

    def noun(self, vertex: str) -> Bounds:
        """The candidates that the noun of a variable admits."""
        return self.source.members(self.tree.noun(vertex))

    def entity(self, vertex: str) -> int:
        """The dense id of what a variable stands for."""
        return self.source.index(self.tree.entities[vertex])

    def usable(self, vertex: str) -> list[Option]:
        """The clues of a variable that hold, say something and are no narrower than the preset allows."""
        options = map(self.option, self.pools[vertex])
        least, most, entity = self.preset.selectivity, len(self.noun(vertex).upper), self.entity(vertex)
        return [o for o in options if entity in o.surely and len(o.surely) >= least and len(o.members) < most]

    def cut(self, size: int, rng: Random) -> "Case":
        """The same with at most `size` usable clues a variable, those that blur chose among them."""
        pools: dict[str, Sequence[Constraint]] = {}
        for vertex in self.pools:
            every = [o.clue for o in self.usable(vertex)]
            kept = set(self.chosen.clues_of(vertex))
            others = [clue for clue in every if clue not in kept]
            kept.update(rng.sample(others, max(0, min(size - len(kept), len(others)))))
            pools[vertex] = [clue for clue in every if clue in kept]
        return replace(self, pools=pools)


async def grown(world: LocalWorld, settings: Context, count: int) -> AsyncIterator[Case]:
    """Blur's first choice at the root in `count` runs; passed over are misses, and trees of more than `MOST` clues."""
    runner, found = Runner(default_deps(), None), 0
    with applied(SMALL, settings) as changed:
        for number, root in enumerate(await world.sample(20 * count, f"{settings.seed}:optimum")):
            case = await _asked_of_blur(runner, Job(root, changed, number=number))
            if case is not None and len(case.chosen.clues) <= MOST and scored(case, case.chosen) is not None:
                found += 1
                yield case
            if found == count:
                return


async def _asked_of_blur(runner: Runner, job: Job) -> Case | None:
    """What blur is given when it first chooses for a whole tree."""
    seen: list[Case] = []

    def choose(*given: Any) -> ResearchTree:
        chosen = choose_clues(*given)
        tree, _, pools, source, preset, _, _, trail = given
        if trail is not None:
            seen.append(Case(tree, pools, source, preset, trail, chosen))
        return chosen

    with patch("nodes.blur.choose_clues", choose):
        steps = runner.graph.astream({"entity": job.entity}, job.config, context=job.settings, stream_mode="updates")
        async for _ in steps:
            if seen:
                return seen[0]
    return None


class Scored(NamedTuple):
    """What a choice of clues is worth, and what each term adds to that."""

    score: float
    terms: Mapping[str, float]


def scored(case: Case, tree: ResearchTree) -> Scored | None:
    """The worth of a tree; `None` when it does not meet the preset."""
    certificate = certify(tree, case.source)
    if failures(certificate, case.preset, tree):
        return None
    seen, narrowest = outlook(tree, case.trail), low(certificate.selectivity)
    score = worth(seen, narrowest)
    terms = {
        "search_floor": float(seen.search_floor),
        "dependency": float(seen.dependency),
        "dispersion": seen.dispersion / 2,
        "given_away": -float(seen.given_away),
    }
    return Scored(score, terms | {"narrowest": score - sum(terms.values())})


class Pinned(NamedTuple):
    """Clues that pin a variable down, its children solved, with none to spare.

    `keeps` holds those that all clues but chords admit; `raised` per clue whom the parent would admit without it, at
    the root who would be an answer.
    """

    options: tuple[Option, ...]
    keeps: BitMap
    raised: tuple[BitMap, ...]


class Choices:
    """Every choice of clues that may meet the preset: only what surely misses it is left out, whatever its worth."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._solver = Solver(case.tree, case.source)
        self._order = case.tree.below(case.tree.root)
        self._above = {v: case.tree.parent_edge(v) for v in self._order}
        self._sets = {v: list(self._pinned(v)) for v in self._order}

    def trees(self, most: int = MOST) -> Iterator[ResearchTree]:
        """The trees of at most `most` clues."""
        for choice in self._extended({}, most):
            tree = self._case.tree
            for vertex, pinned in choice.items():
                tree = tree.with_clues(vertex, (o.clue for o in pinned.options))
            yield tree

    def _extended(self, choice: Choice, most: int) -> Iterator[Choice]:
        if len(choice) == len(self._order):
            yield choice
            return
        vertex = self._order[len(choice)]
        for pinned in self._sets[vertex]:
            longer = {**choice, vertex: pinned}
            if len(pinned.options) <= most and self._may_do(vertex, longer):
                yield from self._extended(longer, most - len(pinned.options))

    def _may_do(self, vertex: str, choice: Choice) -> bool:
        """Whether each clue of a variable, and each sub-question below it, may be needed at the root."""
        preset = self._case.preset
        if any(len(self._answers(vertex, found, choice)) < preset.necessary for found in choice[vertex].raised):
            return False
        for edge in self._case.tree.edges_of(vertex):
            child = child_of(edge)
            unsolved = self._solver.candidates(child, self._solver.clues_within(child))
            if len(self._answers(child, self._preimage(edge, unsolved.upper), choice)) < preset.hierarchy:
                return False
        return True

    def _answers(self, vertex: str, raised: BitMap, choice: Choice) -> BitMap:
        """The answers, at most, when a variable's parent could be any of `raised`."""
        edge = self._above[vertex]
        if edge is None:
            return raised
        others = [self._solved(e) for e in self._case.tree.edges_of(edge.vertex) if e != edge]
        left = BitMap.intersection(raised, choice[edge.vertex].keeps, *others)
        above = self._above[edge.vertex]
        return left if above is None else self._answers(edge.vertex, self._preimage(above, left), choice)

    def _pinned(self, vertex: str) -> Iterator[Pinned]:
        case, entity = self._case, BitMap([self._case.entity(vertex)])
        noun = case.noun(vertex).upper
        start = BitMap.intersection(noun, *map(self._solved, case.tree.edges_of(vertex)))
        taken = BitMap(case.entity(v) for v in self._order if v != vertex)
        options = case.usable(vertex)
        sizes = range(case.preset.clues + 1)
        for chosen in chain.from_iterable(combinations(options, size) for size in sizes):
            left = BitMap.intersection(start, *(o.members for o in chosen))
            if any(anchor_of(o.clue) for o in chosen):  # a chord tells variables apart
                left -= taken
            without = [BitMap.intersection(start, *(o.members for o in chosen if o is not out)) for out in chosen]
            if left != entity or any(len(found) < 2 for found in without) or _repeats(chosen):
                continue
            plain = (o.members for o in chosen if anchor_of(o.clue) is None)
            edge = self._above[vertex]
            raised = without if edge is None else [self._preimage(edge, found) for found in without]
            yield Pinned(chosen, BitMap.intersection(noun, *plain), tuple(raised))

    def _solved(self, edge: RelationConstraint) -> BitMap:
        return self._preimage(edge, BitMap([self._case.entity(child_of(edge))]))

    def _preimage(self, edge: RelationConstraint, found: BitMap) -> BitMap:
        return self._case.source.preimage(edge, Bounds.exactly(found), self._case.noun(edge.vertex)).upper


def _repeats(chosen: Sequence[Option]) -> bool:
    return any(option.repeats(chosen[:number]) for number, option in enumerate(chosen))


class Handful(NamedTuple):
    """A case with cut pools, and all that meets the preset there, the best first."""

    case: Case
    tried: int
    every: Sequence[Scored]


def handful(case: Case, size: int, seed: str) -> Handful:
    """The largest cut of at most `size` clues a variable that can be enumerated."""
    while True:
        small = case.cut(size, Random(seed))
        trees = list(islice(Choices(small).trees(), LIMIT + 1))
        if len(trees) <= LIMIT:
            found = (scored(small, tree) for tree in trees)
            return Handful(small, len(trees), sorted(filter(None, found), key=lambda s: s.score, reverse=True))
        size -= 1


@dataclass
class Search:
    """Blur with changed constants or without a trail, and what came of it case by case."""

    name: str
    changes: Mapping[str, int] = field(default_factory=dict)
    optimised: bool = True
    found: list[Scored | None] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    clues: list[int] = field(default_factory=list)

    def run(self, case: Case, seed: str) -> None:
        """One more case; what is refused or misses the preset counts as nothing found."""
        tree, trail = None, case.trail if self.optimised else None
        with ExitStack() as changed:
            for constant, value in self.changes.items():
                changed.enter_context(patch.object(covers if constant == "BUDGET" else selection, constant, value))
            begun = process_time()
            with suppress(Refusal):
                tree = choose_clues(
                    case.tree, case.tree.root, case.pools, case.source, case.preset, Random(seed), trail=trail
                )
            self.seconds.append(process_time() - begun)
        self.found.append(None if tree is None else scored(case, tree))
        self.clues.append(0 if tree is None else len(tree.clues))

    def row(self, best: Sequence[Scored], most: int | None) -> dict[str, Any]:
        """The figures beside the best of each case; trees of more than `most` clues are counted and left out."""
        pairs = [
            (found, top)
            for found, top, clues in zip(self.found, best, self.clues, strict=True)
            if top.score > 0 and (most is None or clues <= most)
        ]
        ordered = sorted(self.seconds)
        times = {"median": median(ordered), "p90": ordered[int(0.9 * (len(ordered) - 1))], "mean": fmean(ordered)}
        return {
            "search": self.name,
            "none_found": self.found.count(None),
            "left_out": len(best) - len(pairs),
            **ratios([found.score / top.score if found else 0.0 for found, top in pairs]),
            "lost": lost([(found, top) for found, top in pairs if found]),
            "ms": {name: round(1000 * value, 1) for name, value in times.items()},
        }


def searches(sweep: bool) -> list[Search]:
    """Blur as shipped, its first choice, and with `sweep` one for each change of its constants."""
    found = [Search("as shipped"), Search("first choice", optimised=False)]
    if sweep:
        found += [Search(", ".join(f"{name} {n}" for name, n in c.items()), c) for c in SWEEP]
    return found


def ratios(found: Sequence[float]) -> dict[str, Any]:
    """How scores stand to the best: nearest-rank quantiles, a histogram by tenths, and shares."""
    ordered, count = sorted(found), max(1, len(found))
    at = {name: ordered[int(q * (len(ordered) - 1))] for name, q in (("min", 0), ("p10", 0.1), ("median", 0.5))}
    tenths = Counter(max(0, int(10 * ratio + 1e-9)) / 10 for ratio in ordered)
    return {
        "skeletons": len(ordered),
        "mean": round(fmean(ordered), 3),
        **{name: round(value, 3) for name, value in at.items()},
        "best": round(sum(ratio > 1 - 1e-9 for ratio in ordered) / count, 3),
        "aim_met": round(sum(ratio >= AIM for ratio in ordered) / count, 3),
        "tenths": {str(tenth): tenths[tenth] for tenth in sorted(tenths)},
    }


def lost(pairs: Sequence[tuple[Scored, Scored]]) -> dict[str, float]:
    """What each term lacks of the best, on average; a negative term is better than the best one's."""
    if not pairs:
        return {}
    return {
        term: round(fmean(top.terms[term] - found.terms[term] for found, top in pairs), 3) for term in pairs[0][1].terms
    }


def main() -> int:
    """Measure and print; exit code 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", required=True, help="the directory of a built world, or atlas")
    parser.add_argument("--count", type=int, default=40, help="skeletons (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="draws roots and handfuls (default 1)")
    parser.add_argument("--size", type=int, default=13, help="most clues of a variable to choose from (default 13)")
    parser.add_argument("--sweep", action="store_true", help="change the constants of the search, one at a time")
    parsed = parser.parse_args()
    try:
        asyncio.run(run(parsed))
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


async def run(parsed: argparse.Namespace) -> None:
    """All skeletons, then all searches on handfuls and on whole pools."""
    world = open_world(parsed.world)
    settings = Context.model_validate({"world": parsed.world, "difficulty": "medium", "seed": parsed.seed})
    cut, whole = searches(parsed.sweep), searches(parsed.sweep)
    hands: list[Handful] = []
    async for case in grown(world, settings, parsed.count):
        seed = f"{parsed.seed}:{case.tree.entities[case.tree.root]}:optimum"
        hands.append(handful(case, parsed.size, seed))
        for few, many in zip(cut, whole, strict=True):
            few.run(hands[-1].case, seed)
            many.run(case, seed)
        emit(about_hand(hands[-1], cut))
        progress(f"{len(hands)}/{parsed.count} skeletons")
    if not hands:
        raise ValueError(f"{parsed.world}: no skeleton that meets the preset")
    best = [hand.every[0] for hand in hands]
    emit({"search": "blind draw", "pools": "handful", **blind(hands)})
    for search in cut:
        emit({"pools": "handful", **search.row(best, MOST)})
    known = [
        max((s for s in tops if s), key=lambda s: s.score) for tops in zip(best, *(s.found for s in whole), strict=True)
    ]
    for search in whole:
        emit({"pools": "whole", **search.row(known, None)})
    emit({"world": world.name, "seed": parsed.seed, "aim": AIM, **about()})


def about_hand(hand: Handful, cut: Sequence[Search]) -> dict[str, Any]:
    """One skeleton: how many choices there were, their scores, and the last of each search."""
    case, scores = hand.case, [s.score for s in hand.every]
    return {
        "root": case.tree.entities[case.tree.root],
        "variables": len(case.tree.variables),
        "pools": {v: len(pool) for v, pool in case.pools.items()},
        "certified": hand.tried,
        "choices": len(scores),
        "optimum": {"score": round(scores[0], 3), **hand.every[0].terms},
        "median": round(median(scores), 3),
        **{s.name: round(last.score, 3) if (last := s.found[-1]) else None for s in cut[:2]},
    }


def blind(hands: Sequence[Handful]) -> dict[str, Any]:
    """What a choice drawn blindly from all that meet the preset is expected to score."""
    return ratios([fmean(s.score for s in h.every) / h.every[0].score for h in hands if h.every[0].score > 0])


if __name__ == "__main__":
    sys.exit(main())

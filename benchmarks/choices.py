"""A skeleton with all that blur may choose from, and every choice that meets a preset, by enumeration."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from pyroaring import BitMap

from benchmarks.variants import Variant, applied
from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from hcsp.bounds import Bounds
from hcsp.certificate import certify, low
from hcsp.constraints import Anchored, Constraint, RelationConstraint, anchor_of, child_of
from hcsp.covers import Option
from hcsp.preset import Preset, failures
from hcsp.selection import Pools, choose_clues
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.ties import grounded
from hcsp.trail import Trail, outlook, worth
from hcsp.tree import ResearchTree
from worlds.local import LocalWorld

SMALL = Variant("two or three variables", preset={"variables": (2, 3)})
MOST = 8
"""Most clues of an enumerated tree."""

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
        "vague": -seen.vague / 2,
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
    figures = [o.figure for o in chosen if o.figure is not None]
    return len(set(figures)) < len(figures)

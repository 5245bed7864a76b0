"""Blur: choosing the clues of a variable so that it stands alone and every clue is needed.

The paper blurs a vertex with "k clues" and leaves k and every threshold open. Here the choice is an exact search: the
clues must cut the candidates down to the entity, each must cut something that no other does, and none may cut so much
that a clue further down the tree stops mattering.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import NamedTuple

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.preset import Preset
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.tree import Constraint, ResearchTree, child_of

BUDGET = 600
"""Most sets of clues that one search at one variable looks at."""
SOLUTIONS = 12
"""How many sufficient sets are kept of one search, the best first."""
TRIALS = 24
"""How many choices below a variable are tried before it is refused."""

Pools = Mapping[str, Sequence[Constraint]]
"""Per variable the clues that its claims could become."""


class Refusal(ValueError):
    """No choice of clues meets the requirements; the message says which one failed."""


def choose_clues(
    tree: ResearchTree,
    vertex: str,
    pools: Pools,
    source: CandidateSource,
    preset: Preset,
    rng: Random,
    scarce: Set[str] = frozenset(),
) -> ResearchTree:
    """The tree with clues for `vertex`, as generic as the search finds them; those below it are chosen anew where that helps.

    Clues of the relations in `scarce` are used only where nothing else does.
    Raises `Refusal` when `TRIALS` choices below the vertex leave no set of clues that does.
    """
    search = _Search(pools, source, preset, scarce, rng)
    return next(search.trees(tree, vertex), None) or search.refuse(vertex)


class Survivors(NamedTuple):
    """Entities that stay in play when something below is left out; the clues must keep `needed` of them (lower ends)."""

    what: str
    pool: BitMap
    needed: int


class Option(NamedTuple):
    """A usable clue with its candidates: those that may qualify, and those that surely do."""

    clue: Constraint
    members: BitMap
    surely: BitMap


@dataclass
class Problem:
    """One variable to be pinned down. `start` holds what its noun and its solved children leave, on the upper end."""

    start: BitMap
    survivors: list[Survivors]
    options: list[Option]
    most: int
    solutions: list[tuple[Option, ...]] = field(default_factory=list)
    looked_at: int = 0


class _Search:
    """Walks the choices of a subtree lazily, children before parents, and remembers why the last one failed."""

    def __init__(self, pools: Pools, source: CandidateSource, preset: Preset, scarce: Set[str], rng: Random) -> None:
        self._pools, self._source, self._preset, self._scarce = pools, source, preset, scarce
        self._seed = rng.random()
        self._refusal = ""

    def refuse(self, vertex: str) -> ResearchTree:
        raise Refusal(self._refusal or f"no clue of {vertex} is usable")

    def trees(self, tree: ResearchTree, vertex: str) -> Iterator[ResearchTree]:
        """The tree with each choice of clues at and below `vertex`, best first within each choice below."""
        for below in islice(self._children(tree, [child_of(e) for e in tree.edges_of(vertex)]), TRIALS):
            for clues in self._sets(below, vertex):
                yield below.with_clues(vertex, clues)

    def _children(self, tree: ResearchTree, children: list[str]) -> Iterator[ResearchTree]:
        if not children:
            yield tree
            return
        for settled in self.trees(tree, children[0]):
            yield from self._children(settled, children[1:])

    def _sets(self, tree: ResearchTree, vertex: str) -> list[tuple[Constraint, ...]]:
        solver = Solver(tree.with_clues(vertex, ()), self._source)
        rng = Random(f"{self._seed}:{vertex}")
        problem = _problem(solver, vertex, self._pools[vertex], self._preset, self._scarce, rng)
        self._refusal = _hopeless(problem, vertex, self._source.size)
        if not self._refusal:
            cheap = [o for o in problem.options if not _dear(o, self._scarce)]
            _search_all(problem, cheap, self._source.size)
            if not problem.solutions:
                _search_all(problem, problem.options, self._source.size)
            self._refusal = f"no {self._preset.clues} facts of {vertex} identify it with every clue needed"
        ranked = sorted(
            problem.solutions, key=lambda chosen: _merit(problem, solver, vertex, chosen, self._scarce), reverse=True
        )
        return [tuple(o.clue for o in chosen) for chosen in ranked]


def _hopeless(problem: Problem, vertex: str, size: int) -> str:
    """Why no set of options can do, however chosen; empty when one might."""
    short = next((s for s in problem.survivors if len(s.pool) < s.needed), None)
    if short is not None:
        return f"{short.what}: {len(short.pool)} left before any clue of {vertex}, needs {short.needed}"
    left = len(problem.start & _suffixes(problem.options, size)[0])
    return f"the {len(problem.options)} usable facts of {vertex} leave {left} candidates" if left > 1 else ""


def _problem(solver: Solver, vertex: str, pool: Sequence[Constraint], preset: Preset, scarce: Set[str], rng: Random) -> Problem:
    source, tree = solver.source, solver.tree
    noun = source.members(tree.noun(vertex))
    entity = source.index(tree.entities[vertex])
    options: list[Option] = []
    for clue in pool:
        found = source.restrict(clue, noun)
        if entity in found.lower and len(found.lower) >= preset.selectivity and len(found.upper) < len(noun.upper):
            options.append(Option(clue, found.upper, found.lower))
    rng.shuffle(options)
    options.sort(key=lambda o: (_dear(o, scarce), -_rank(len(o.members))))
    survivors = _survivors(solver, vertex, preset) if preset.needed_at == "root" else []
    survivors += _hierarchy(solver, vertex, preset) if vertex == tree.root else []
    return Problem(solver.candidates(vertex).upper, survivors, options, preset.clues)


def _rank(size: int) -> int:
    """Sizes within a factor of four rank alike, so that the draw decides between them."""
    return size.bit_length() // 2


def _survivors(solver: Solver, vertex: str, preset: Preset) -> list[Survivors]:
    below = sorted(solver.clues_within(vertex))
    return [Survivors(f"clue {c}", solver.candidates(vertex, [c]).lower, preset.necessary) for c in below]


def _hierarchy(solver: Solver, root: str, preset: Preset) -> list[Survivors]:
    return [
        Survivors(f"sub-question {v}", solver.candidates(root, solver.clues_within(v)).lower, preset.hierarchy)
        for v in solver.tree.inner
    ]


def _suffixes(options: list[Option], size: int) -> list[BitMap]:
    """Per position, what all options from there on admit together."""
    rest = [BitMap(range(size))]
    for option in reversed(options):
        rest.append(rest[-1] & option.members)
    return rest[::-1]


def _search_all(problem: Problem, options: list[Option], size: int) -> None:
    rest = _suffixes(options, size)
    problem.looked_at = 0

    def descend(chosen: tuple[Option, ...], left: BitMap, alive: list[BitMap], first: int) -> None:
        """Depth first over sets of options in order; stops at `BUDGET` sets looked at or `SOLUTIONS` found."""
        if len(left) == 1:
            if _each_needed(problem, chosen):
                problem.solutions.append(chosen)
            return
        for at in range(first, len(options) if len(chosen) < problem.most else 0):
            if problem.looked_at >= BUDGET or len(problem.solutions) >= SOLUTIONS or len(left & rest[at]) > 1:
                return
            cut = left & options[at].members
            problem.looked_at += 1
            if len(cut) < len(left):
                kept = [pool & options[at].surely for pool in alive]
                if all(len(k) >= s.needed for k, s in zip(kept, problem.survivors, strict=True)):
                    descend((*chosen, options[at]), cut, kept, at + 1)

    descend((), problem.start, [s.pool for s in problem.survivors], 0)


def _each_needed(problem: Problem, chosen: tuple[Option, ...]) -> bool:
    return all(len(_without(problem, chosen, option)) > 1 for option in chosen)


def _without(problem: Problem, chosen: tuple[Option, ...], left_out: Option) -> BitMap:
    return BitMap.intersection(problem.start, *(o.members for o in chosen if o is not left_out))


def _merit(
    problem: Problem, solver: Solver, vertex: str, chosen: tuple[Option, ...], scarce: Set[str]
) -> tuple[int, int, int]:
    """Few clues of scarce relations; then generic ones: the fewest that any left-out clue lets in, seen from the parent,
    and the rarest clue's size."""
    if not chosen:
        return (0, 0, 0)
    edge = solver.tree.parent_edge(vertex)
    let_in = [_without(problem, chosen, o) for o in chosen]
    if edge is not None:
        pool = solver.source.members(solver.tree.noun(edge.vertex))
        let_in = [solver.source.preimage(edge, Bounds.exactly(w), pool).lower for w in let_in]
    return -sum(_dear(o, scarce) for o in chosen), min(map(len, let_in)), min(len(o.members) for o in chosen)


def _dear(option: Option, scarce: Set[str]) -> bool:
    return getattr(option.clue, "relation", None) in scarce

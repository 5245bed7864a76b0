"""Candidates where variables are also held against one another: a join that closes cycles (design 1.1).

A binary constraint problem over the variables at and below one vertex, distinct variables standing for distinct
entities. What the tree alone leaves is its start. Sets are narrowed along edges and chords, then each candidate of the
vertex is tried until a first assignment of all the others is found; that assignment settles at once every other
candidate that it fits as well.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Anchored, child_of
from hcsp.source import CandidateSource
from hcsp.ties import Tie, far_end, turned
from hcsp.tree import ResearchTree

BUDGET = 20_000
"""Most values that the search for one candidate set tries; wide sets cost more (`WIDE`)."""
WIDE = 14
"""Holding a set against a value counts as one more value tried for every 2^14 members, so that work is bounded too."""
FEW = 24
"""Up to so many candidates are tried as they are: narrowing sets first would take longer."""
SWEEPS = 3
"""How often at most the sets are narrowed along each edge and chord, on average."""

Domains = dict[str, BitMap]
Assignment = dict[str, int]


class Settled(NamedTuple):
    """Candidates of a vertex that one assignment of the other variables proves."""

    candidates: BitMap
    others: Assignment


class Joined(NamedTuple):
    """What the join leaves of one vertex; the ends differ where the source's do or the budget ran out."""

    candidates: Bounds
    proofs: tuple[Settled, ...]

    def witness(self, vertex: str, entity: int) -> Assignment:
        """An assignment that proves `entity`; raises `StopIteration` when there is none."""
        return {vertex: entity} | next(p.others for p in self.proofs if entity in p.candidates)


def join(
    tree: ResearchTree,
    source: CandidateSource,
    vertex: str,
    chords: Sequence[Anchored],
    relaxed: Mapping[str, Bounds],
    budget: int = BUDGET,
) -> Joined:
    """The projection on `vertex` of the join over the variables at and below it.

    `chords` are those that apply, both ends at or below `vertex`; `relaxed` holds per variable the candidates without
    any chord. Exact as far as the source is while no more than `budget` values are tried; past that the lower end is
    what was proved, the upper what was not ruled out.
    """
    problem = _Problem(tree, source, vertex, chords)
    sets = dict(relaxed) if len(relaxed[vertex].upper) <= FEW else problem.narrowed(relaxed)
    found = _Search(problem, {v: s.lower for v, s in sets.items()}, budget, surely=True)
    if found.exact and not found.undecided and all(s.exact for s in sets.values()):
        return Joined(Bounds.exactly(found.proved), tuple(found.proofs))
    upper = _Search(problem, {v: s.upper for v, s in sets.items()}, budget, surely=False)
    return Joined(Bounds(found.proved, upper.proved | upper.undecided), tuple(found.proofs))


class _Problem:
    """The variables and ties of one join.

    `ties[v]` holds them as constraints on `v`, `seen_from[v]` as constraints on the others; each with the variable at
    the other end. `core` holds the variables on the way to a chord.
    """

    def __init__(self, tree: ResearchTree, source: CandidateSource, vertex: str, chords: Sequence[Anchored]) -> None:
        self.vertex, self.source = vertex, source
        self.variables = tree.below(vertex)
        self.ties: dict[str, list[tuple[str, Tie]]] = {v: [] for v in self.variables}
        self._edges = [e for v in self.variables for e in tree.onward[v]]
        for tie in (*chords, *self._edges):
            far = far_end(tie)
            self.ties[tie.vertex].append((far, tie))
            self.ties[far].append((tie.vertex, turned(tie)))
        self.seen_from: dict[str, list[tuple[str, Tie]]] = {v: [] for v in self.variables}
        for v, own in self.ties.items():
            for far, tie in own:
                self.seen_from[far].append((v, tie))
        above = {child_of(e): e.vertex for e in self._edges}
        self.core = {v for chord in chords for end in (chord.vertex, far_end(chord)) for v in _upward(end, above)}

    def narrowed(self, sets: Mapping[str, Bounds]) -> dict[str, Bounds]:
        """The sets without what some edge or chord already excludes, whatever the other variables are.

        The smallest sets are used on their neighbours first: those that they cut down are used the sooner themselves.
        An edge has been used on its parent when the tree was solved; a tie is used again once its far end has shrunk.
        """
        found = dict(sets)
        every = [(v, far, tie) for v in self.variables for far, tie in self.ties[v]]
        waiting = [n for n, (_, _, tie) in enumerate(every) if tie not in self._edges]
        for _ in range(SWEEPS * len(every)):
            if not waiting:
                break
            number = min(waiting, key=lambda n: len(found[every[n][1]].upper))
            waiting.remove(number)
            here, far, tie = every[number]
            left = self.source.preimage(tie, found[far], found[here])
            if left != found[here]:
                found[here] = left
                again = [n for n, use in enumerate(every) if use[1] == here and use[0] != far]
                waiting += [n for n in again if n not in waiting]
        return found


class _Search:
    """One end of the bounds: what is proved of the vertex, how, and what the budget left open.

    `exact` says whether all that was looked up had equal ends, so that the other end's search would go the same way.
    """

    def __init__(self, problem: _Problem, sets: Domains, budget: int, surely: bool) -> None:
        self._problem, self._sets, self._left, self._surely = problem, sets, budget, surely
        self.proved, self.undecided, self.exact = BitMap(), BitMap(), True
        self.proofs: list[Settled] = []
        self._run(sets[problem.vertex].copy())

    def _run(self, todo: BitMap) -> None:
        while todo:
            chosen: Assignment = {}
            complete = self._extend(chosen, {self._problem.vertex: BitMap([todo.min()])})
            if self._left < 0:
                self.undecided = todo
                return
            settled = BitMap([todo.min()])
            if complete:
                settled = self._fitting(chosen, todo)
                del chosen[self._problem.vertex]
                self.proofs.append(Settled(settled, chosen))
                self.proved |= settled
            todo -= settled

    def _extend(self, chosen: Assignment, pools: Domains) -> bool:
        """Whether values for all other variables complete the assignment; it then holds them.

        `pools` holds what is left of the variables tied to chosen ones. Those on the way to a chord come first: any
        value of the others goes with their parent's, unless it is taken. Of these the one with the fewest left.
        """
        if not pools:
            return True
        vertex = min(pools, key=lambda v: (v not in self._problem.core, len(pools[v])))
        taken = set(chosen.values())
        for value in pools[vertex]:
            self._left -= 1
            if self._left < 0:
                return False
            if value in taken:
                continue
            chosen[vertex] = value
            left = self._left_with(vertex, chosen, pools)
            if left is not None and self._extend(chosen, left):
                return True
            del chosen[vertex]
        return False

    def _left_with(self, vertex: str, chosen: Assignment, pools: Domains) -> Domains | None:
        """The pools once `vertex` has its value; `None` when one of them is empty."""
        found = {v: pool for v, pool in pools.items() if v != vertex}
        for far, tie in self._problem.seen_from[vertex]:
            if far not in chosen:
                found[far] = self._met(found.get(far, self._sets[far]), tie, chosen[vertex])
                if not found[far]:
                    return None
        return found

    def _fitting(self, chosen: Assignment, pool: BitMap) -> BitMap:
        """Those of `pool` that the values of the other variables prove."""
        for far, tie in self._problem.ties[self._problem.vertex]:
            pool = self._met(pool, tie, chosen[far])
        return pool - BitMap([value for v, value in chosen.items() if v != self._problem.vertex])

    def _met(self, pool: BitMap, tie: Tie, value: int) -> BitMap:
        """Those of `pool` that a tie admits when `value` stands at its far end."""
        found = self._problem.source.preimage(tie, Bounds.exactly(BitMap([value])), Bounds.exactly(pool))
        self.exact &= found.exact
        self._left -= len(pool) >> WIDE
        return found.lower if self._surely else found.upper


def _upward(vertex: str, above: Mapping[str, str]) -> list[str]:
    """A variable and those over it, as far as `above` goes."""
    found = [vertex]
    while found[-1] in above:
        found.append(above[found[-1]])
    return found

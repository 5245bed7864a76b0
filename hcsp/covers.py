"""Sets of clues that pin a variable down with none to spare: minimal hitting sets of the other candidates."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from hcsp.constraints import Constraint, RangeConstraint, RelationConstraint, SameConstraint, ToType

BUDGET = 1600
"""Most sets of options that one search looks at."""
MANY = 1 << 22
"""So many candidates are more than any world holds that has seen them all."""

Pools = tuple[BitMap, ...]
"""What is left to meet each need: those that belong to the problem first, then one of every option that is chosen."""


class Option(NamedTuple):
    """A usable clue with its candidates: those that may qualify, and those that surely do."""

    clue: Constraint
    members: BitMap
    surely: BitMap
    dear: bool

    @property
    def figure(self) -> str | None:
        """What a variable is told of once at most: a range or a shared value of one relation, and a category.

        More would read as more of the same: nobody asks for two spans of one date, or for two vague places.
        """
        if isinstance(self.clue, RangeConstraint | SameConstraint):
            return f"{self.clue.kind} {self.clue.relation}"
        vague = isinstance(self.clue, RelationConstraint) and isinstance(self.clue.target, ToType)
        return "category" if vague else None


class Need(NamedTuple):
    """What must stay when something is left out: `lift` of those of `pool` that all other constraints keep.

    `vertex` is the sub-question that is left out, if it is one.
    """

    what: str
    pool: BitMap
    least: int
    lift: Callable[[BitMap], BitMap]
    vertex: str = ""

    def met_by(self, pool: BitMap) -> bool:
        """Whether the lift has enough when so many are left: never where nobody but the right one is."""
        return len(pool) > 1 and len(self.lift(pool)) >= self.least


@dataclass(frozen=True)
class Problem:
    """One variable to be pinned down.

    `start` holds the candidates (upper end) before any option, the entity itself among them; `needs` belong to the
    constraints that are fixed already, `spare` is the need of every option that is chosen, before the others apply.
    """

    entity: int
    start: BitMap
    needs: tuple[Need, ...]
    spare: Need
    options: Sequence[Option]
    most: int

    def hardest(self, left: BitMap) -> int:
        """Whom of some candidates, beside the entity, the most options admit; the first of several."""
        ids = _ids(left)
        return int(ids[self._admitting[ids].argmax()])

    @cached_property
    def distinct(self) -> BitMap:
        """`start`, where it is very large with one candidate for all those that every option treats alike.

        They are those whom a world has never seen: what tells one from the answer tells all.
        """
        if len(self.start) <= MANY:
            return self.start
        seen = BitMap([self.entity])
        for option in self.options:
            seen |= min(self.start & option.members, self.start - option.members, key=len)
        alike = self.start - seen
        return (self.start & seen) | BitMap([alike.min()] if alike else [])

    @cached_property
    def _admitting(self) -> NDArray[np.intp]:
        """How many options admit each candidate; less than none the entity itself."""
        rows = [_ids(row) for row in (self.distinct, *(o.members & self.distinct for o in self.options))]
        counts = np.bincount(np.concatenate(rows))
        counts[self.entity] = -1
        return counts


class Cover(NamedTuple):
    """Options that leave the entity alone, and what they leave to meet each need."""

    options: tuple[Option, ...]
    pools: Pools

    @property
    def dear(self) -> int:
        """How many of the options are."""
        return sum(option.dear for option in self.options)

    @property
    def merit(self) -> tuple[int, int, int]:
        """Few dear ones, then generic ones: what the tightest constraint keeps out alone, and the rarest one's size."""
        if not self.options:
            return (0, 0, 0)
        return -self.dear, min(map(len, self.pools)), min(len(o.members) for o in self.options)


def covers(problem: Problem, dear: int) -> Iterator[Cover]:
    """Sets of at most `most` options, `dear` of them dear, that leave the entity alone with every need met.

    Each set comes once, in the order of the options: the hardest candidate to exclude chooses who is tried.
    """
    return _Search(problem).extending(_Part((), problem.distinct, tuple(n.pool for n in problem.needs), dear), 0)


class _Part(NamedTuple):
    """Options chosen so far, the candidates that they leave, and how many dear ones may follow."""

    chosen: tuple[Option, ...]
    left: BitMap
    pools: Pools
    dear: int


class _Search:
    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._figures = [o.figure for o in problem.options]
        self._against: dict[int, list[tuple[int, Option]]] = {}
        self._looked_at = 0

    def extending(self, part: _Part, closed: int) -> Iterator[Cover]:
        """Covers that extend a part without the options, as bits, in `closed`: theirs have been listed already."""
        if len(part.left) == 1:
            if self._met(part.pools):
                yield Cover(part.chosen, part.pools)
            return
        if len(part.chosen) == self._problem.most:
            return
        told = {o.figure for o in part.chosen} - {None}
        own = BitMap.intersection(self._problem.spare.pool, *(o.surely for o in part.chosen))
        for number, option in self._excluding(part.left):
            if closed >> number & 1 or option.dear > part.dear or self._figures[number] in told:
                continue
            if self._looked_at >= BUDGET:
                return
            self._looked_at += 1
            pools = _within(option.surely, part.pools)
            if pools is not None and len(own) > 1:
                left, dear = part.left & option.members, part.dear - option.dear
                yield from self.extending(_Part((*part.chosen, option), left, (*pools, own), dear), closed)
            closed |= 1 << number

    def _excluding(self, left: BitMap) -> list[tuple[int, Option]]:
        """The options that keep out the hardest of the candidates left."""
        pivot = self._problem.hardest(left)
        if pivot not in self._against:
            numbered = enumerate(self._problem.options)
            self._against[pivot] = [(n, option) for n, option in numbered if pivot not in option.members]
        return self._against[pivot]

    def _met(self, pools: Pools) -> bool:
        needs = self._problem.needs
        fixed = all(need.met_by(pool) for need, pool in zip(needs, pools, strict=False))
        return fixed and all(self._problem.spare.met_by(pool) for pool in pools[len(needs) :])


def _ids(members: BitMap) -> NDArray[np.uint32]:
    return np.frombuffer(members.to_array(), dtype=np.uint32)


def _within(members: BitMap, pools: Pools) -> Pools | None:
    """What is left of each pool; `None` where that is nobody but the right one: this much is told without the lift."""
    kept = []
    for pool in pools:
        found = pool & members
        if len(found) < 2:
            return None
        kept.append(found)
    return tuple(kept)

"""Sets of clues that pin a variable down with none to spare: minimal hitting sets of the other candidates."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from hcsp.constraints import Constraint, RangeConstraint, RelationConstraint, SameConstraint, ToType

BUDGET = 1600
"""Most sets of options that one search looks at."""


class Option(NamedTuple):
    """A usable clue with its candidates: those that may qualify, and those that surely do."""

    clue: Constraint
    members: BitMap
    surely: BitMap
    dear: bool

    def repeats(self, chosen: "Sequence[Option]") -> bool:
        """Whether it would read as more of the same: nobody asks for two spans of one date, or for two vague places."""
        figure = _figure(self.clue)
        return figure is not None and any(figure == _figure(o.clue) for o in chosen)


def _figure(clue: Constraint) -> str | None:
    """What a variable is told of once at most: a range or a shared value of one relation, and a category."""
    if isinstance(clue, RangeConstraint | SameConstraint):
        return f"{clue.kind} {clue.relation}"
    return "category" if isinstance(clue, RelationConstraint) and isinstance(clue.target, ToType) else None


class Need(NamedTuple):
    """What must stay when something is left out: `lift` of those of `pool` that all other constraints keep."""

    what: str
    pool: BitMap
    least: int
    lift: Callable[[BitMap], BitMap]

    @property
    def hopeful(self) -> bool:
        """Whether another entity than the right one is left: what can be said without the lift, which is slow."""
        return len(self.pool) > 1

    @property
    def met(self) -> bool:
        """Whether the lift has enough."""
        return self.hopeful and len(self.lift(self.pool)) >= self.least

    def within(self, members: BitMap) -> "Need":
        """The same need where one more constraint applies."""
        return self._replace(pool=self.pool & members)


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

    @cached_property
    def hard(self) -> list[BitMap]:
        """The other candidates, grouped by how many options admit them, the most first."""
        others = self.start - BitMap([self.entity])
        rows = [others, *(o.members & others for o in self.options)]
        ids, counts = np.unique(np.concatenate([np.asarray(row.to_array()) for row in rows]), return_counts=True)
        return [BitMap(ids[counts == n]) for n in sorted(set(counts.tolist()), reverse=True)]


def covers(problem: Problem, dear: int) -> Iterator[tuple[Option, ...]]:
    """Sets of at most `most` options, `dear` of them dear, that leave the entity alone with every need met.

    Each set comes once, in the order of the options: the hardest candidate to exclude chooses who is tried.
    """
    return _Search(problem).sets((), problem.start, problem.needs, dear, frozenset())


class _Search:
    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._looked_at = 0

    def sets(
        self, chosen: tuple[Option, ...], left: BitMap, needs: tuple[Need, ...], dear: int, closed: frozenset[int]
    ) -> Iterator[tuple[Option, ...]]:
        """Those that extend `chosen`, without the options in `closed`, whose sets have been listed already."""
        if len(left) == 1:
            if all(need.met for need in needs):
                yield chosen
            return
        if len(chosen) == self._problem.most:
            return
        pivot = next(at.min() for hard in self._problem.hard if (at := hard & left))
        for number, option in enumerate(self._problem.options):
            if pivot in option.members or number in closed or option.dear > dear or self._looked_at >= BUDGET:
                continue
            if option.repeats(chosen):
                continue
            self._looked_at += 1
            kept = self._needs(chosen, needs, option)
            if all(need.hopeful for need in kept):
                yield from self.sets((*chosen, option), left & option.members, kept, dear - option.dear, closed)
            closed |= {number}

    def _needs(self, chosen: tuple[Option, ...], needs: tuple[Need, ...], option: Option) -> tuple[Need, ...]:
        spare = self._problem.spare
        own = spare._replace(pool=BitMap.intersection(spare.pool, *(o.surely for o in chosen)))
        return (*(need.within(option.surely) for need in needs), own)

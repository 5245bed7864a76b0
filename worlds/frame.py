"""Exact candidate sets over fact arrays: the `CandidateSource` of every world that holds facts."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Constraint, RangeConstraint, RelationConstraint, ToEntity, TypeConstraint
from worlds.facts import FEW, Pairs, bitmap


class Literals:
    """Literal facts with the intervals that they stand for."""

    def __init__(self, facts: Pairs, spans: NDArray[np.float64], units: list[str]) -> None:
        self._facts = facts
        self._low, self._high, self._unit = spans[:, 0], spans[:, 1], spans[:, 2]
        self._units = units

    def within(self, relation: int, low: str, high: str, unit: str | None) -> BitMap:
        """The subjects with a literal of that unit whose whole interval lies in `low..high`, bounds inclusive."""
        if (unit or "") not in self._units:
            return BitMap()
        subjects, values = self._facts.relation(relation)
        inside = (self._low[values] >= float(low)) & (self._high[values] <= float(high))
        return bitmap(subjects[inside & (self._unit[values] == self._units.index(unit or ""))])


class FactSource:
    """Candidate sets of a world whose facts are all known: both ends of every bound are the same set."""

    def __init__(
        self,
        *,
        ids: Callable[[str], int],
        names: Callable[[int], str],
        size: int,
        relations: Mapping[str, int],
        types: Mapping[str, int],
        outward: Pairs,
        inward: Pairs,
        members: Pairs,
        literals: Literals,
        namesakes: Callable[[str], tuple[str, ...]],
    ) -> None:
        self.index, self.entity, self.size, self.namesakes = ids, names, size, namesakes
        self._relations, self._types = relations, types
        self._outward, self._inward, self._members, self._literals = outward, inward, members, literals
        self._sets: dict[tuple[str | None, ...], Bounds] = {}

    def members(self, clue: Constraint) -> Bounds:
        """`S(c)`; empty for a relation or type that the world does not know."""
        asked = _asked(clue)
        found = self._sets.get(asked)
        if found is None:
            found = self._sets[asked] = Bounds.exactly(self._found(clue, str(asked[-1])))
        return found

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        """`S(c) ∩ pool`."""
        return self.members(clue) & pool

    def preimage(self, edge: RelationConstraint, targets: Bounds, pool: Bounds) -> Bounds:
        """`r⁻¹(targets) ∩ pool`, from whichever side has fewer rows to read."""
        lower = self._preimage(edge, targets.lower, pool.lower)
        if targets.lower is targets.upper and pool.lower is pool.upper:
            return Bounds(lower, lower)
        return Bounds(lower, self._preimage(edge, targets.upper, pool.upper))

    def _found(self, clue: Constraint, constant: str) -> BitMap:
        if isinstance(clue, TypeConstraint):
            number = self._types.get(clue.type)
            return BitMap() if number is None else self._members.row(0, number)
        relation = self._relations.get(clue.relation)
        if relation is None:
            return BitMap()
        if isinstance(clue, RangeConstraint):
            return self._literals.within(relation, clue.low, clue.high, clue.unit)
        return self._toward(clue).row(relation, self.index(constant))

    def _preimage(self, edge: RelationConstraint, targets: BitMap, pool: BitMap) -> BitMap:
        relation = self._relations.get(edge.relation)
        if relation is None or not pool:
            return BitMap()
        here, there = len(pool), len(targets)
        if there <= here or (here > FEW and there <= 4 * here):
            return self._toward(edge).union(relation, targets) & pool
        rows = self._inward if edge.direction == "in" else self._outward
        return BitMap([e for e in pool if rows.row(relation, e).intersect(targets)])

    def _toward(self, clue: RelationConstraint) -> Pairs:
        """The map from the target of a constraint to the entities that it admits."""
        return self._inward if clue.direction == "out" else self._outward


def _asked(clue: Constraint) -> tuple[str | None, ...]:
    """What decides a constraint's candidates; the length tells the kinds apart."""
    if isinstance(clue, RelationConstraint):
        if isinstance(clue.target, ToEntity):
            return clue.relation, clue.direction, clue.target.entity
        raise TypeError(f"{clue.id!r} is an edge; ask for its preimage")
    return (clue.type,) if isinstance(clue, TypeConstraint) else (clue.relation, clue.low, clue.high, clue.unit)

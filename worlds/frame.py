"""Exact candidate sets over fact arrays: the `CandidateSource` of every world that holds facts."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
)
from hcsp.ties import Tie
from worlds.facts import FEW, Pairs, bitmap
from worlds.magnitudes import Literals, sharing
from worlds.model import Relation
from worlds.predicates import has_property

KEPT = 1 << 13
"""Most candidate sets that a source remembers, the latest asked for first."""
UNKNOWN: Mapping[str, Relation] = MappingProxyType({})


class FactSource:
    """Candidate sets of a world whose facts are all known.

    Both ends of every bound are the same set but for one kind: a missing fact is not false, so that somebody has at
    most so many is only ever proved by a relation that is complete. `known` holds what is known of the relations.
    """

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
        known: Mapping[str, Relation] = UNKNOWN,
    ) -> None:
        self.index, self.entity, self.size, self.namesakes = ids, names, size, namesakes
        self._relations, self._types, self._known = relations, types, known
        self._outward, self._inward, self._members, self._literals = outward, inward, members, literals
        self._literal = {n for r, n in relations.items() if r in known and known[r].kind != "entity"}
        self._sets: dict[tuple[object, ...], Bounds] = {}

    def members(self, clue: Constraint) -> Bounds:
        """`S(c)`; empty for a relation or type that the world does not know.

        Raises `KeyError` for a constant that it does not know, and `TypeError` for an edge or a chord.
        """
        asked = content(clue)
        found = self._sets.get(asked)
        if found is None:
            found = self._found(clue)
            if len(self._sets) >= KEPT:
                del self._sets[next(iter(self._sets))]
            self._sets[asked] = found
        return found

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        """`S(c) ∩ pool`."""
        return self.members(clue) & pool

    def preimage(self, tie: Tie, targets: Bounds, pool: Bounds) -> Bounds:
        """Those of `pool` that the edge or chord ties to some target, from whichever side has fewer rows to read."""
        lower = self._preimage(tie, targets.lower, pool.lower)
        if targets.lower is targets.upper and pool.lower is pool.upper:
            return Bounds(lower, lower)
        return Bounds(lower, self._preimage(tie, targets.upper, pool.upper))

    def _found(self, clue: Constraint) -> Bounds:
        if isinstance(clue, TypeConstraint):
            return Bounds.exactly(self._typed(clue.type))
        relation = self._relations.get(clue.relation)
        if relation is None:
            return Bounds.exactly(BitMap())
        if isinstance(clue, CountConstraint):
            return self._counted(clue, relation)
        return Bounds.exactly(self._exactly(clue, relation))

    def _exactly(
        self,
        clue: RelationConstraint | RangeConstraint | CompareConstraint | SameConstraint | PredicateConstraint,
        relation: int,
    ) -> BitMap:
        if isinstance(clue, RangeConstraint):
            return self._literals.within(relation, clue.low, clue.high, clue.unit)
        if isinstance(clue, PredicateConstraint):
            known = self._known.get(clue.relation)
            return self._literals.passing(relation, partial(has_property, clue, kind=known.kind)) if known else BitMap()
        if isinstance(clue, RelationConstraint):
            if isinstance(clue.target, ToType):
                return self._toward(clue).union(relation, self._typed(clue.target.type))
            return self._toward(clue).row(relation, self._constant(clue.target))
        anchor = BitMap([self._constant(clue.anchor)])
        if isinstance(clue, CompareConstraint):
            return self._literals.beyond(relation, clue.op, anchor)
        return self._sharing(relation, anchor, None)

    def _typed(self, name: str) -> BitMap:
        number = self._types.get(name)
        return BitMap() if number is None else self._members.row(0, number)

    def _counted(self, clue: CountConstraint, relation: int) -> Bounds:
        pairs = self._inward if clue.direction == "in" else self._objects(relation)
        subjects, times = np.unique(pairs.relation(relation)[0], return_counts=True)
        enough = bitmap(subjects[times >= clue.low])
        if clue.high is None:
            return Bounds.exactly(enough)
        known = self._known.get(clue.relation)
        if known is None or not known.complete:
            return Bounds(BitMap(), enough)
        return Bounds.exactly(enough & bitmap(subjects[times <= clue.high]))

    def _preimage(self, tie: Tie, targets: BitMap, pool: BitMap) -> BitMap:
        relation = self._relations.get(tie.relation)
        if relation is None or not pool or not targets:
            return BitMap()
        if not isinstance(tie, RelationConstraint):
            if isinstance(tie, CompareConstraint):
                return self._literals.beyond(relation, tie.op, targets, pool)
            return self._sharing(relation, targets, pool)
        here, there = len(pool), len(targets)
        if there <= here or (here > FEW and there <= 4 * here):
            return self._toward(tie).union(relation, targets) & pool
        rows = self._inward if tie.direction == "in" else self._outward
        return BitMap([e for e in pool if rows.row(relation, e).intersect(targets)])

    def _sharing(self, relation: int, anchors: BitMap, pool: BitMap | None) -> BitMap:
        """Who, of `pool` where given, has an object in common with another of the anchors."""
        objects = self._objects(relation)
        held = objects.union(relation, anchors)
        if pool is not None and len(pool) <= FEW and len(anchors) == 1:
            return BitMap([e for e in pool - anchors if objects.row(relation, e).intersect(held)])
        if objects is self._outward:
            found = self._inward.union(relation, held)
            found = found if pool is None else found & pool
            if len(anchors) == 1:
                return found - anchors
            if found.intersection_cardinality(anchors) <= FEW:
                return found - BitMap([e for e in found & anchors if not self._shares(relation, e, anchors)])
        found = sharing(*objects.relation(relation), anchors)
        return found if pool is None else found & pool

    def _shares(self, relation: int, entity: int, anchors: BitMap) -> bool:
        """Whether one of the anchors has an object in common with another."""
        rows = (self._inward.row(relation, o) for o in self._outward.row(relation, entity))
        return any(row.intersection_cardinality(anchors) > 1 for row in rows)

    def _objects(self, relation: int) -> Pairs:
        """The map from subjects to objects: entities, or literals for a relation of that kind."""
        return self._literals.facts if relation in self._literal else self._outward

    def _toward(self, clue: RelationConstraint) -> Pairs:
        """The map from the target of a constraint to the entities that it admits."""
        return self._inward if clue.direction == "out" else self._outward

    def _constant(self, end: ToEntity | ToVertex) -> int:
        if isinstance(end, ToEntity):
            return self.index(end.entity)
        raise TypeError(f"{end.vertex!r} is a variable, not a constant")


def content(clue: Constraint) -> tuple[object, ...]:
    """What decides a constraint's candidates."""
    if isinstance(clue, RelationConstraint):
        if isinstance(clue.target, ToEntity):
            return clue.kind, clue.relation, clue.direction, clue.target.entity
        if isinstance(clue.target, ToType):
            return "towards", clue.relation, clue.direction, clue.target.type
        raise TypeError(f"{clue.id!r} is an edge; ask for its preimage")
    if isinstance(clue, TypeConstraint):
        return clue.kind, clue.type
    if isinstance(clue, RangeConstraint):
        return clue.kind, clue.relation, clue.low, clue.high, clue.unit
    if isinstance(clue, CountConstraint):
        return clue.kind, clue.relation, clue.direction, clue.low, clue.high
    if isinstance(clue, PredicateConstraint):
        return clue.kind, clue.relation, clue.predicate, *clue.args
    if isinstance(clue.anchor, ToEntity):
        op = clue.op if isinstance(clue, CompareConstraint) else "="
        return clue.kind, clue.relation, op, clue.anchor.entity
    raise TypeError(f"{clue.id!r} is a chord; ask for its preimage")

"""The facts that a constraint rests on: what has to be stated for an entity to be seen to meet it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from hcsp.constraints import (
    Anchored,
    CompareConstraint,
    Constraint,
    CountConstraint,
    Direction,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
)
from worlds.literals import Interval, interval
from worlds.model import Fact
from worlds.predicates import has_property
from worlds.world import World

Need = tuple[Fact, ...]
"""Facts of which one has to be stated: the one to quote first, then the others that would do."""
Needs = tuple[Need, ...]
Values = Mapping[str, str]
"""An entity per variable."""


class Grounds:
    """What constraints rest on in one world; remembers the facts that it has read."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._facts: dict[str, dict[tuple[str, Direction], list[Fact]]] = {}

    async def needs(self, constraint: Constraint, values: Values) -> Needs:
        """All that has to be stated; empty for a noun, and where `values` do not meet the constraint.

        A relation rests on its fact, towards a type on any fact that leads there; a count on the first so many in
        order; a range or a property on any literal that qualifies; what is held against an anchor on a fact of either.
        """
        if isinstance(constraint, TypeConstraint):
            return ()
        mine = values[constraint.vertex]
        if isinstance(constraint, Anchored):
            there = _entity(constraint.anchor, values)
            own, theirs = [await self._about(e, constraint.relation, "out") for e in (mine, there)]
            if isinstance(constraint, CompareConstraint):
                return _beyond(constraint, own, theirs)
            return _shared(own, theirs) if mine != there else ()
        if isinstance(constraint, RelationConstraint):
            found = await self._about(mine, constraint.relation, constraint.direction)
            return _one_of(await self._leading(constraint, found, values))
        if isinstance(constraint, CountConstraint):
            found = await self._about(mine, constraint.relation, constraint.direction)
            return tuple((fact,) for fact in found[: constraint.low]) if len(found) >= constraint.low else ()
        return _one_of(f for f in await self._about(mine, constraint.relation, "out") if _qualifies(f, constraint))

    async def _about(self, entity: str, relation: str, direction: Direction) -> list[Fact]:
        """The facts of a relation with the entity at its near end, sorted."""
        if entity not in self._facts:
            found = self._facts[entity] = defaultdict(list)
            for fact in await self._world.facts(entity):
                for side in _sides(fact, entity):
                    found[fact.relation, side].append(fact)
        return self._facts[entity].get((relation, direction), [])

    async def _leading(self, constraint: RelationConstraint, facts: list[Fact], values: Values) -> list[Fact]:
        """Those that lead where the constraint says; towards a type, those that follow from the fewest facts first."""
        target = constraint.target
        if not isinstance(target, ToType):
            there = _entity(target, values)
            return [f for f in facts if _far(f, constraint.direction) == there]
        ends = [(f, await self._world.entity(_far(f, constraint.direction))) for f in facts if f.kind == "entity"]
        steps = {f: len(await self._world.steps(f)) for f, end in ends if target.type in end.types}
        return sorted(steps, key=lambda f: (steps[f], f))


def _sides(fact: Fact, entity: str) -> Iterator[Direction]:
    """Which ends of a fact an entity is: that with itself has it at both."""
    if fact.subject == entity:
        yield "out"
    if fact.kind == "entity" and fact.object == entity:
        yield "in"


def _far(fact: Fact, direction: Direction) -> str:
    return fact.object if direction == "out" else fact.subject


def _entity(end: ToVertex | ToEntity, values: Values) -> str:
    return values[end.vertex] if isinstance(end, ToVertex) else end.entity


def _one_of(facts: Iterable[Fact]) -> Needs:
    found = tuple(facts)
    return (found,) if found else ()


def _shared(own: list[Fact], theirs: list[Fact]) -> Needs:
    """The facts of both that have the first common object."""
    objects = {(f.object, f.kind): f for f in theirs}
    return next((((f,), (objects[f.object, f.kind],)) for f in own if (f.object, f.kind) in objects), ())


def _beyond(constraint: CompareConstraint, own: list[Fact], theirs: list[Fact]) -> Needs:
    """The anchor's literal that is easiest to pass, and all that pass it: any of these goes with it."""
    spans = {f: span for f in (*own, *theirs) if (span := _span(f)) is not None}
    easiest = [f for f in theirs if f in spans]
    easiest.sort(key=lambda f: spans[f].high if constraint.op == ">" else -spans[f].low)
    for anchor in easiest:
        passing = tuple(f for f in own if f in spans and _past(spans[f], spans[anchor], constraint))
        if passing:
            return (passing, (anchor,))
    return ()


def _past(mine: Interval, theirs: Interval, constraint: CompareConstraint) -> bool:
    more, less = (mine, theirs) if constraint.op == ">" else (theirs, mine)
    return mine.unit == theirs.unit and float(more.low) > float(less.high)


def _qualifies(fact: Fact, constraint: RangeConstraint | PredicateConstraint) -> bool:
    if isinstance(constraint, PredicateConstraint):
        return fact.kind != "entity" and has_property(constraint, fact.object, fact.kind)
    span = _span(fact)
    if span is None:
        return False
    within = float(constraint.low) <= float(span.low) and float(span.high) <= float(constraint.high)
    return within and span.unit == (constraint.unit or "")


def _span(fact: Fact) -> Interval | None:
    return interval(fact.object, fact.kind) if fact.kind in ("time", "quantity") else None

"""Facts that follow from stated facts by a relation's flags, and the stated facts that they follow from."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import Protocol

from worlds.model import Fact, Relation


def close(facts: Iterable[Fact], relations: Mapping[str, Relation]) -> list[Fact]:
    """The stated facts and all that symmetry, inverses and transitivity add, sorted; none of them adds a loop."""
    stated = set(facts)
    closed = stated | {turned for f in stated for turned in _turned(f, relations)}
    for relation in relations.values():
        if relation.transitive:
            closed |= _transitive([f for f in closed if f.relation == relation.id])
    closed |= {turned for f in closed - stated for turned in _turned(f, relations)}
    return sorted(closed)


def _turned(fact: Fact, relations: Mapping[str, Relation]) -> list[Fact]:
    relation = relations[fact.relation]
    names = [relation.id] if relation.symmetric else []
    if relation.inverse_of is not None and relation.inverse_of in relations:
        names.append(relation.inverse_of)
    return [Fact(fact.object, name, fact.subject) for name in names if fact.kind == "entity"]


def _transitive(facts: list[Fact]) -> set[Fact]:
    onward: dict[str, list[str]] = defaultdict(list)
    for fact in facts:
        onward[fact.subject].append(fact.object)
    found: set[Fact] = set()
    for start in list(onward):
        reached: set[str] = set()
        queue = deque(onward[start])
        while queue:
            step = queue.popleft()
            if step not in reached:
                reached.add(step)
                queue.extend(onward.get(step, ()))
        found |= {Fact(start, facts[0].relation, end) for end in reached - {start}}
    return found


class StatedFacts(Protocol):
    """What a derivation has to know of a world."""

    def is_stated(self, fact: Fact) -> bool:
        """Whether some page states the fact itself."""
        ...

    def onward(self, entity: str, relation: str) -> list[str]:
        """The objects of the entity's facts by that relation, closure included, sorted."""
        ...


class Derivation:
    """Finds for any fact of the closure the stated facts that it follows from."""

    def __init__(self, relations: Mapping[str, Relation], world: StatedFacts) -> None:
        self._relations = relations
        self._world = world

    def steps(self, fact: Fact) -> tuple[Fact, ...]:
        """The stated facts behind `fact`, in order from its subject to its object.

        The fact itself when it is stated. Raises `KeyError` when it does not follow from what is stated.
        """
        direct = self._direct(fact)
        if direct is not None:
            return (direct,)
        if fact.kind == "entity" and self._relations[fact.relation].transitive:
            return self._path(fact)
        inverse = self._relations[fact.relation].inverse_of
        if inverse is not None and inverse in self._relations and self._relations[inverse].transitive:
            return tuple(reversed(self._path(Fact(fact.object, inverse, fact.subject))))
        raise KeyError(f"{fact} does not follow from the stated facts")

    def _direct(self, fact: Fact) -> Fact | None:
        return next((f for f in (fact, *_turned(fact, self._relations)) if self._world.is_stated(f)), None)

    def _path(self, fact: Fact) -> tuple[Fact, ...]:
        came_by: dict[str, tuple[str, Fact]] = {}
        queue = deque([fact.subject])
        while queue:
            here = queue.popleft()
            for there in self._world.onward(here, fact.relation):
                step = self._direct(Fact(here, fact.relation, there))
                if step is not None and there not in came_by and there != fact.subject:
                    came_by[there] = (here, step)
                    queue.append(there)
            if fact.object in came_by:
                return _walk_back(came_by, fact)
        raise KeyError(f"{fact} does not follow from the stated facts")


def _walk_back(came_by: Mapping[str, tuple[str, Fact]], fact: Fact) -> tuple[Fact, ...]:
    steps: list[Fact] = []
    at = fact.object
    while at != fact.subject:
        at, step = came_by[at]
        steps.append(step)
    return tuple(reversed(steps))

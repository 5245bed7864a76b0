"""Facts that follow from stated facts by a relation's flags, and the stated facts that they follow from."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from worlds.facts import distinct, of_relation, pack, unpack
from worlds.model import Fact, Relation
from worlds.store import Keys, spans


def close(stated: Keys, relations: Sequence[Relation]) -> Keys:
    """Sorted keys of facts between entities, with all that symmetry, inverses and transitivity add; no loop is added.

    The relations are in the order of their numbers; see `worlds.facts.pack`.
    """
    closed = _with_turned(stated, relations)
    for number, relation in enumerate(relations):
        if relation.transitive:
            closed = _merged(closed, _beyond(of_relation(closed, number), number))
    return _with_turned(closed, relations)


def _with_turned(keys: Keys, relations: Sequence[Relation]) -> Keys:
    """With the mirror of every symmetric fact, and the inverse of every fact whose relation has one."""
    at = {relation.id: n for n, relation in enumerate(relations)}
    added = []
    for number, relation in enumerate(relations):
        goals = [number] if relation.symmetric else []
        if relation.inverse_of is not None and relation.inverse_of in at:
            goals.append(at[relation.inverse_of])
        for goal in goals:
            _, subjects, objects = unpack(of_relation(keys, number))
            added.append(pack(goal, objects.astype(np.uint64), subjects.astype(np.uint64)))
    return _merged(keys, *added)


def _beyond(base: Keys, relation: int) -> Keys:
    """The ends that several steps of a transitive relation lead to: the last ones found take one more step each."""
    every, fresh = base, base
    while len(fresh):
        _, starts, middles = (part.astype(np.uint64) for part in unpack(fresh))
        low, high = pack(relation, middles, 0), pack(relation, middles + np.uint64(1), 0)
        steps = base.searchsorted(high) - base.searchsorted(low)
        ends = unpack(base[spans(base, low, high)])[2]
        ways = pack(relation, np.repeat(starts, steps), ends.astype(np.uint64))
        onward = distinct(ways[np.repeat(starts, steps) != ends])
        fresh = np.setdiff1d(onward, every, assume_unique=True)
        every = _merged(every, fresh)
    return every


def _merged(keys: Keys, *added: Keys) -> Keys:
    new = [part for part in added if len(part)]
    return distinct(np.concatenate([keys, *new])) if new else keys


def _turned(fact: Fact, relations: Mapping[str, Relation]) -> list[Fact]:
    relation = relations[fact.relation]
    names = [relation.id] if relation.symmetric else []
    if relation.inverse_of is not None and relation.inverse_of in relations:
        names.append(relation.inverse_of)
    return [Fact(fact.object, name, fact.subject) for name in names if fact.kind == "entity"]


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

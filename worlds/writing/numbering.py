"""Facts as packed keys: every entity, relation and literal by its number."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from worlds.facts import ENTITY_BITS, LAST_RELATION, pack, unpack
from worlds.model import Fact, Kind, Relation
from worlds.store import Keys

CHUNK = 1 << 22
"""How many keys are renumbered at a time."""


class Numbering:
    """Numbers for what facts name; literals get theirs as they come, then in the order of kind and text.

    `entities` are ids in order, `relations` all relations in order.
    """

    def __init__(self, entities: Sequence[str], relations: Mapping[str, Relation]) -> None:
        if len(entities) > 1 << ENTITY_BITS or len(relations) > LAST_RELATION:
            raise OverflowError(f"a world holds at most 2^{ENTITY_BITS} entities and {LAST_RELATION} relations")
        self._entities = {entity: n for n, entity in enumerate(entities)}
        self._ids, self._relations = entities, list(relations.values())
        self._known = {r.id: (n, r.kind) for n, r in enumerate(self._relations)}
        self._literals: dict[tuple[str, str], int] = {}
        self.is_literal = np.array([r.kind != "entity" for r in self._relations], dtype=bool)

    def keys(self, facts: Iterable[Fact]) -> Keys:
        """The keys of facts in order of arrival, their literals numbered as these come.

        Raises `ValueError` for a fact of an unknown entity or relation, or of another kind than its relation.
        """
        found, literals = array("Q"), self._literals
        for fact in facts:
            if fact.kind != "entity":
                literals.setdefault((fact.kind, fact.object), len(literals))
            found.append(self.key(fact))
        if len(literals) > 1 << ENTITY_BITS:
            raise OverflowError(f"a world holds at most 2^{ENTITY_BITS} literals")
        return np.array(found, dtype=np.uint64)

    def key(self, fact: Fact) -> int:
        """The key of one fact; raises `ValueError` as `keys` does, and for a literal that no fact of `keys` had."""
        subject, name, target, kind = fact
        try:
            relation, expected = self._known[name]
            if kind == expected:
                at = self._entities[target] if kind == "entity" else self._literals[kind, target]
                return relation << 2 * ENTITY_BITS | self._entities[subject] << ENTITY_BITS | at
        except KeyError:
            pass
        raise ValueError(self._why(fact))

    def settle(self, *every: Keys) -> list[tuple[str, str]]:
        """Number the literals in order and put the numbers into the keys; returns the literals as (kind, text)."""
        literals = sorted(self._literals)
        places = np.empty(len(literals), dtype=np.uint64)
        for n, literal in enumerate(literals):
            places[self._literals[literal]] = n
            self._literals[literal] = n
        for keys in every:
            for start in range(0, len(keys), CHUNK):
                self._renumber(keys[start : start + CHUNK], places)
        return literals

    def fact(self, key: int, literals: Sequence[tuple[str, str]]) -> Fact:
        """The fact of a key."""
        subject, relation, target, kind = next(self.parts(np.array([key], dtype=np.uint64), literals))
        return Fact(subject, relation, target, kind)

    def parts(self, keys: Keys, literals: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, str, Kind]]:
        """Subject, relation, object and kind of each key."""
        ids, about = self._ids, [(r.id, r.kind) for r in self._relations]
        for relation, subject, target in zip(*(part.tolist() for part in unpack(keys)), strict=True):
            name, kind = about[relation]
            yield ids[subject], name, ids[target] if kind == "entity" else literals[target][1], kind

    def _renumber(self, keys: Keys, places: NDArray[np.uint64]) -> None:
        relations, subjects, targets = unpack(keys)
        at = np.nonzero(self.is_literal[relations])[0]
        keys[at] = pack(relations[at].astype(np.uint64), subjects[at].astype(np.uint64), places[targets[at]])

    def _why(self, fact: Fact) -> str:
        relation = self._known.get(fact.relation)
        if relation is None:
            return f"the fact {tuple(fact)} names {fact.relation!r}, which is no relation of the input"
        if relation[1] != fact.kind:
            return f"the fact {tuple(fact)} is of kind {fact.kind!r}, its relation of {relation[1]!r}"
        ends = {fact.subject, *((fact.object,) if fact.kind == "entity" else ())}
        missing = ends - self._entities.keys()
        if missing:
            return f"the fact {tuple(fact)} names {min(missing)!r}, which is no entity of the input"
        return f"the fact {tuple(fact)} is not among the facts"

"""The facts of a page that are still to be told, and which of them a clause takes."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from worlds.atlas import names
from worlds.atlas.plans import Clause
from worlds.model import Entity, Fact
from worlds.relations import known_relations


class Chosen(NamedTuple):
    """The facts of one relation that a clause says, by the name of their other end, in the order of the list."""

    facts: Mapping[str, Sequence[Fact]]
    kind: str

    def cut(self, start: int, end: int) -> "Chosen":
        """A stretch of the list."""
        return Chosen(dict(list(self.facts.items())[start:end]), self.kind)

    def all(self) -> list[Fact]:
        """The facts in the order of their names."""
        return [fact for facts in self.facts.values() for fact in facts]


class Untold:
    """Facts by relation, `-P19` for those that have the page's entity as object; each is taken once."""

    def __init__(self, entity: Entity, facts: Sequence[Fact], label: Callable[[str], str]) -> None:
        self._entity = entity
        self._label = label
        self._facts: dict[str, list[Fact]] = {}
        for fact in sorted(facts, key=lambda f: (self._place(f), f)):
            self._facts.setdefault(self._key(fact), []).append(fact)
        self._told_here = frozenset(self._facts)

    def left(self) -> list[str]:
        """The relations that have facts left."""
        return sorted(self._facts)

    def take(self, clause: Clause, at_most: int | None = None) -> dict[str, Chosen] | None:
        """The facts that a clause says, by relation, or none if it does not apply; a list may be too long for it."""
        if not all(key in self._facts for key in clause.tells) or clause.unless in self._told_here:
            return None
        if clause.of and clause.of not in self._entity.types:
            return None
        found = {key: self._fitting(key, clause.kind) for key in clause.tells}
        if clause.same:
            shared = set.intersection(*(set(found[key]) for key in clause.same))
            found |= {key: {name: f for name, f in found[key].items() if name in shared} for key in clause.same}
        sizes = [len(named) for named in found.values()]
        if not all(sizes) or (at_most is not None and sum(sizes) > at_most):
            return None
        return {key: self._strike(key, named) for key, named in found.items()}

    def _fitting(self, key: str, kind: str) -> dict[str, list[Fact]]:
        named: dict[str, list[Fact]] = {}
        for fact in self._facts.get(key, ()):
            if not kind or kind in self._types(fact):
                named.setdefault(self._name(fact), []).append(fact)
        return named

    def _strike(self, key: str, named: Mapping[str, Sequence[Fact]]) -> Chosen:
        taken = {fact for facts in named.values() for fact in facts}
        self._facts[key] = [fact for fact in self._facts[key] if fact not in taken]
        if not self._facts[key]:
            del self._facts[key]
        return Chosen(named, next(iter(taken)).kind)

    def _key(self, fact: Fact) -> str:
        mirrored = fact.subject != self._entity.id and not known_relations()[fact.relation].symmetric
        return f"-{fact.relation}" if mirrored else fact.relation

    def _other(self, fact: Fact) -> str:
        return fact.object if fact.subject == self._entity.id else fact.subject

    def _name(self, fact: Fact) -> str:
        return self._label(self._other(fact)) if fact.kind == "entity" else fact.object

    def _types(self, fact: Fact) -> Sequence[str]:
        return names.types().get(self._other(fact), ()) if fact.kind == "entity" else ()

    def _place(self, fact: Fact) -> tuple[object, ...]:
        return names.place(self._name(fact), "human" in self._types(fact))

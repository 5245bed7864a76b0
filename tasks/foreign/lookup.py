"""What a world says about the names and the words of claims, each asked once."""

from collections.abc import Mapping

from hcsp.constraints import RelationConstraint, ToEntity, TypeConstraint
from hcsp.source import CandidateSource
from prompts.phrases import phrase_book
from tasks.foreign.draft import LONGEST, short
from tasks.foreign.wordings import Meaning, Way
from worlds.model import Entity, Fact, Relation
from worlds.world import World

LISTED = 5
"""Most choices or closest names that a finding lists, and most names of a question that closest ones are sought for."""


class Lookup:
    """A world seen through the questions that reading claims has."""

    def __init__(self, world: World, source: CandidateSource, relations: Mapping[str, Relation]) -> None:
        self.world, self.source, self.relations = world, source, relations
        self._names: dict[str, list[Entity]] = {}
        self._facts: dict[str, list[Fact]] = {}
        self._suggested = 0

    async def named(self, name: str) -> list[Entity]:
        """The entities that a name denotes, with or without a leading article."""
        if name not in self._names:
            found = await self.world.resolve(name) if 0 < len(name) <= LONGEST else []
            bare = name.split(" ", 1)
            if not found and len(bare) == 2 and bare[0].lower() in ("the", "a", "an"):
                found = await self.world.resolve(bare[1])
            self._names[name] = found
        return self._names[name]

    async def facts(self, entity: str) -> list[Fact]:
        """The facts about an entity on either side."""
        if entity not in self._facts:
            self._facts[entity] = await self.world.facts(entity)
        return self._facts[entity]

    async def links(self, near: str, far: str) -> list[tuple[str, Way]]:
        """How the world ties two entities, told of the first; a relation and its inverse count once."""
        found: dict[tuple[str, Way], None] = {}
        for fact in await self.facts(near):
            if fact.kind == "entity" and {fact.subject, fact.object} == {near, far} and near != far:
                found[self.canonical(fact.relation, "out" if fact.subject == near else "in")] = None
        return list(found)

    def canonical(self, relation: str, way: Way) -> tuple[str, Way]:
        """One way to say what a symmetric relation, or a relation and its inverse, say in two."""
        known = self.relations[relation]
        if way == "in" and known.symmetric:
            return relation, "out"
        if way == "in" and known.inverse_of in self.relations:
            return str(known.inverse_of), "out"
        return relation, way

    def distinct(self, meanings: list[Meaning], kind: str = "entity") -> list[Meaning]:
        """The meanings by relations of that kind, those that say the same once."""
        fitting = [m for m in meanings if self.relations[m.relation].kind == kind and m.way != "range"]
        found = {self.canonical(m.relation, m.way): m.how for m in reversed(fitting)}
        return [Meaning(relation, way, how) for (relation, way), how in reversed(found.items())]

    def serves(self, meaning: Meaning, far: str) -> bool:
        """Whether anybody is tied to `far` so."""
        clue = RelationConstraint(
            id="",
            vertex="",
            relation=meaning.relation,
            direction="in" if meaning.way == "in" else "out",
            target=ToEntity(entity=far, label=""),
        )
        return bool(self.source.members(clue).upper)

    def type_of(self, said: str) -> str | None:
        """The type of the world that a noun stands for."""
        book = [kind for kind, noun in phrase_book().types.items() if noun.get("one", kind) == said.lower()]
        tried = dict.fromkeys((said, said.lower(), *book))
        return next((t for t in tried if t and self.source.members(_noun(t)).upper), None)

    async def closest(self, name: str) -> str:
        """The end of a sentence on a name that denotes nobody."""
        self._suggested += 1
        if len(name) > 100 or self._suggested > LISTED:
            return f"no entity is called {short(name, 60)!r}"
        close = ", ".join((await self.world.suggest(name, LISTED))[:LISTED])
        return f"no entity is called {short(name, 60)!r}" + (f"; closest names: {close}" if close else "")


def listed(entities: list[Entity]) -> str:
    """Choices for a reader: each with its id and types."""
    shown = "; ".join(f"{e.id} ({', '.join(t for t in e.types[:3] if t != 'entity')})" for e in entities[:LISTED])
    return shown + (f"; and {len(entities) - LISTED} more" if len(entities) > LISTED else "")


def _noun(kind: str) -> TypeConstraint:
    return TypeConstraint(id="", vertex="", type=kind)

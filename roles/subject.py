"""The entity that derived clues are about, and which clues can be told of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Asserting, CountConstraint, Direction, RelationConstraint, ToEntity, TypeConstraint
from hcsp.names import occurs
from hcsp.nouns import noun_of
from hcsp.source import CandidateSource
from roles import english
from roles.grammar import has_wording
from roles.options import usable_constant
from roles.telling import tells
from worlds.model import Entity, Fact
from worlds.world import World

USUAL = 0.05
"""Of a type that is named, at least this share of the members stand at that end of the relation."""


@dataclass(frozen=True)
class Subject:
    """The entity that the clues are about, with what the world says of it."""

    entity: str
    vertex: str
    noun: str
    facts: tuple[Fact, ...]
    world: World
    source: CandidateSource
    secrets: tuple[str, ...]

    @classmethod
    async def of(
        cls, entity: str, vertex: str, world: World, source: CandidateSource, secrets: Iterable[str]
    ) -> "Subject":
        """The entity as a world knows it; raises `KeyError` where it does not.

        `secrets` are the names that no clue may give away.
        """
        noun = noun_of((await world.entity(entity)).types, source)
        return cls(entity, vertex, noun, tuple(await world.facts(entity)), world, source, tuple(secrets))

    @property
    def kind(self) -> str:
        """The class of its noun, which phrases are chosen by."""
        return english.noun(self.noun).kind

    def may_say(self, kind: str) -> bool:
        """Whether a type can stand for its members and gives no name away, as "moon of Saturn" could."""
        one = english.noun(kind).one
        return english.is_common_noun(kind) and not any(occurs(secret, one) for secret in self.secrets)

    def takes_part(self, kind: str, relation: str, direction: Direction) -> bool:
        """Whether the other end of a relation is often enough of a type: one that strayed there reads like an error."""
        members = self.source.members(TypeConstraint(id="", vertex=self.vertex, type=kind)).upper
        ends = self.having(relation, "in" if direction == "out" else "out")
        return len(members & ends) >= USUAL * len(members)

    def fits(self, clue: Asserting) -> bool:
        """Whether the clue has words of its own, says something, and holds, though not of this entity alone."""
        if not has_wording(clue, self.kind) or not self.is_told_by(clue):
            return False
        lower, upper = self.source.members(clue)
        return len(upper) > 1 and self.source.index(self.entity) in lower

    def is_told_by(self, clue: Asserting) -> bool:
        """Whether the clue says more of it than that something is known."""
        return tells(clue, self.peers, self.source)

    def having(self, relation: str, direction: Direction) -> BitMap:
        """The entities with any fact of a relation."""
        clue = CountConstraint(id="", vertex=self.vertex, relation=relation, direction=direction, low=1)
        return self.source.members(clue).upper

    def values(self, relation: str) -> list[str]:
        """The entities that its facts of a relation lead to."""
        mine = (f for f in self.facts if f.subject == self.entity and f.relation == relation)
        return [f.object for f in mine if f.kind == "entity"]

    def holders(self, relation: str, value: str) -> Bounds:
        """The entities whose facts of a relation lead to a value."""
        target = ToEntity(entity=value, label="")
        clue = RelationConstraint(id="", vertex=self.vertex, relation=relation, direction="out", target=target)
        return self.source.members(clue)

    def may_name(self, other: Entity) -> bool:
        """Whether a clue may name an entity: it gives no name away, and is the only one called so."""
        return usable_constant(other.label, self.secrets) and not self.source.namesakes(other.id)

    @cached_property
    def peers(self) -> BitMap:
        """The entities of the same noun."""
        return self.source.members(TypeConstraint(id="", vertex=self.vertex, type=self.noun)).lower

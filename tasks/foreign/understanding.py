"""From a claim to a constraint: its words, its ends and what the world states decide together."""

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Literal, NamedTuple

from hcsp.constraints import (
    Constraint,
    CountConstraint,
    RangeConstraint,
    RelationConstraint,
    ToEntity,
    ToVertex,
    TypeConstraint,
)
from hcsp.names import key
from tasks.foreign.draft import Claim, short
from tasks.foreign.lookup import Lookup, listed
from tasks.foreign.values import FAR, Value, units, values
from tasks.foreign.wordings import How, Meaning, Phrase, Wordings
from worlds.literals import interval
from worlds.model import Entity

_KIND_WORDS = frozenset(("is", "is a", "is an", "was a", "was an", "is a type of", "is a kind of", "has type", "type"))
_KIND_OPENINGS = ("is a ", "is an ", "was a ", "was an ")
UNKNOWN_WORDS = "its relation words are not understood"


class Reading(NamedTuple):
    """What became of a claim: a constraint, or why there is none. `note` says how it is weaker than the claim."""

    claim: Claim
    how: How | Literal["inferred", "noun", ""] = ""
    constraint: Constraint | None = None
    why: str = ""
    note: str = ""


class Understanding:
    """Reads the claims of one question. `entities` holds per variable its entity where that is known.

    Those in `compared` are answers to be compared: a claim that is understood but not stated of them still holds.
    """

    def __init__(
        self,
        lookup: Lookup,
        wordings: Wordings,
        entities: Mapping[str, str | None],
        compared: Set[str] = frozenset(),
    ) -> None:
        self._lookup, self._wordings, self._entities, self._compared = lookup, wordings, entities, compared

    async def read(self, claim: Claim) -> Reading:
        """The reading of one claim."""
        if claim.target is not None:
            return await self._between_variables(claim)
        if claim.constant is not None:
            return await self._about_constant(claim)
        return await self._about_itself(claim)

    async def _between_variables(self, claim: Claim) -> Reading:
        near, far = self._entities[claim.vertex], self._entities[str(claim.target)]
        meanings = self._lookup.distinct(self._meanings(claim))
        if near is not None and far is not None:
            found = await self._linked(near, [await self._lookup.world.entity(far)], meanings)
        elif len(meanings) == 1:
            found = (None, meanings[0], "")
        else:
            found = self._puzzled(meanings)
        if isinstance(found, str):
            return Reading(claim, why=found)
        return self._tied(claim, found[1], ToVertex(vertex=str(claim.target)), found[2])

    async def _about_constant(self, claim: Claim) -> Reading:
        said = str(claim.constant)
        if key(claim.before) in _KIND_WORDS and not claim.turned:
            reading = await self._kind(claim, said)
            if reading is not None:
                return reading
        meanings = self._meanings(claim)
        whole = [v for v in values(said) if not said[: v.start].strip() and not said[v.end :].strip()]
        for value in whole:
            reading = await self._valued(claim, value, meanings)
            if reading is not None:
                return reading
        ends = await self._lookup.named(said)
        if not ends and whole:
            told = f"{self._labels(meanings)} takes no such value"
            return Reading(claim, why=told if meanings else self._puzzled([]))
        if not ends:
            why = "" if meanings else f"; {UNKNOWN_WORDS}"
            return Reading(claim, why=await self._lookup.closest(said) + why)
        return await self._toward(claim, ends, meanings)

    async def _about_itself(self, claim: Claim) -> Reading:
        """The far end is somewhere in the words: a type, a name after a known phrase, or a value."""
        opening = next((o for o in _KIND_OPENINGS if claim.before.startswith(o)), None)
        if opening is not None:
            reading = await self._kind(claim, claim.before.removeprefix(opening))
            if reading is not None:
                return reading
        unstated = None
        for meanings, rest in self._wordings.openings(claim.before):
            if ends := await self._lookup.named(rest):
                reading = await self._toward(claim, ends, meanings)
                if reading.constraint is not None:
                    return reading
                unstated = unstated or reading
        for value in values(claim.before):
            around = Phrase.of(claim.before[: value.start], claim.before[value.end :])
            reading = await self._valued(claim, value, self._wordings.meanings(around)) or Reading(claim)
            if reading.constraint is not None:
                return reading
            unstated = unstated or (reading if reading.why else None)
        return unstated or Reading(claim, why=f"{UNKNOWN_WORDS}, and it leads to no entity")

    def _meanings(self, claim: Claim) -> list[Meaning]:
        found = self._wordings.meanings(Phrase.of(claim.before, claim.after))
        return [m.turned() for m in found] if claim.turned else found

    async def _toward(self, claim: Claim, ends: list[Entity], meanings: list[Meaning]) -> Reading:
        near = self._entities[claim.vertex]
        told = self._lookup.distinct(meanings)
        found: tuple[Entity | None, Meaning, str] | str = ""
        if near is not None:
            found = await self._linked(near, ends, told)
        if near is None or (isinstance(found, str) and told and claim.vertex in self._compared):
            fitting = [(e, m, "") for e in ends for m in told if self._lookup.serves(m, e.id)]
            found = fitting[0] if len(fitting) == 1 else self._puzzled(told, ends)
        if isinstance(found, str):
            return Reading(claim, why=found)
        end, meaning, note = found
        assert end is not None
        return self._tied(claim, meaning, ToEntity(entity=end.id, label=end.label), note)

    async def _linked(
        self, near: str, ends: list[Entity], meanings: list[Meaning]
    ) -> tuple[Entity | None, Meaning, str] | str:
        """The end and the relation that the world states, or why there is no one answer."""
        stated = [(end, *link) for end in ends for link in await self._lookup.links(near, end.id)]
        told = [(e, m, "") for e, r, way in stated for m in meanings if (m.relation, m.way) == (r, way)]
        if len(told) == 1:
            return told[0]
        if told:
            return f"ambiguous: it can mean {self._labels([m for _, m, _ in told])}, and the world states each"
        label = (await self._lookup.world.entity(near)).label
        names = ends[0].label if len(ends) == 1 else f"any of {listed(ends)}"
        if meanings:
            return f"the world does not state {self._labels(meanings)} between {label} and {names}"
        if len(stated) == 1:
            end, relation, way = stated[0]
            note = f"inferred: {self._lookup.relations[relation].label} is all that the world states between the two"
            return end, Meaning(relation, way, "core"), note
        several = ", ".join(self._lookup.relations[r].label for _, r, _ in stated)
        states = f"several relations ({several})" if stated else "nothing"
        return f"{UNKNOWN_WORDS}, and the world states {states} between {label} and {names}"

    def _tied(self, claim: Claim, meaning: Meaning, target: ToVertex | ToEntity, note: str) -> Reading:
        constraint = RelationConstraint(
            id=claim.id,
            vertex=claim.vertex,
            relation=meaning.relation,
            direction="in" if meaning.way == "in" else "out",
            target=target,
        )
        return Reading(claim, "inferred" if note else meaning.how, constraint, note=note)

    def _puzzled(self, meanings: list[Meaning], ends: list[Entity] | None = None) -> str:
        if not meanings:
            return f"{UNKNOWN_WORDS}; map them with --relations"
        if len(meanings) > 1:
            return f"ambiguous: it can mean {self._labels(meanings)}; map the words with --relations"
        if ends and len(ends) > 1:
            return f"ambiguous: the name denotes {listed(ends)}"
        return f"the world states {self._labels(meanings)} of nobody with that end"

    def _labels(self, meanings: list[Meaning]) -> str:
        return " or ".join(dict.fromkeys(repr(self._lookup.relations[m.relation].label) for m in meanings))

    async def _kind(self, claim: Claim, said: str) -> Reading | None:
        """The noun of the variable; `None` when the world has no such type."""
        kind = self._lookup.type_of(said)
        if kind is None:
            return None
        near = self._entities[claim.vertex]
        if (
            near is not None
            and claim.vertex not in self._compared
            and kind not in (found := await self._lookup.world.entity(near)).types
        ):
            return Reading(claim, why=f"the world does not count {found.label} as {kind!r}")
        return Reading(claim, "noun", TypeConstraint(id=claim.id, vertex=claim.vertex, type=kind))

    async def _valued(self, claim: Claim, value: Value, meanings: list[Meaning]) -> Reading | None:
        """A range or a count; `None` when no meaning takes such a value."""
        relations = {m.relation: m.how for m in reversed(meanings)}
        unstated = None
        for relation, how in relations.items():
            known = self._lookup.relations[relation]
            if known.kind == value.kind:
                constraint, note = await self._range(claim, relation, value)
            elif known.kind == "entity" and _countable(value):
                way = next(m.way for m in meanings if m.relation == relation)
                constraint, note = _count(claim, relation, way == "in", value)
            else:
                continue
            if await self._meets(claim.vertex, constraint):
                return Reading(claim, how, constraint, note=note)
            why = f"the world does not state {known.label!r} so of {short(await self._label(claim.vertex), 60)}"
            unstated = unstated or Reading(claim, why=why)
        return unstated

    async def _range(self, claim: Claim, relation: str, value: Value) -> tuple[Constraint, str]:
        unit, note = await self._unit(claim.vertex, relation, value)
        slack = _slack(value)
        constraint = RangeConstraint(
            id=claim.id,
            vertex=claim.vertex,
            relation=relation,
            low=f"{value.low - slack:f}",
            high=f"{value.high + slack:f}",
            unit=unit or None,
        )
        return constraint, note or ("only the year of the date is asked" if value.coarse else "")

    async def _unit(self, vertex: str, relation: str, value: Value) -> tuple[str, str]:
        """The unit as the world writes it, and a note where the claim gives none."""
        near = self._entities[vertex]
        if value.kind == "time":
            return "", ""
        facts = await self._lookup.facts(near) if near is not None else []
        stated = [interval(f.object, f.kind).unit for f in facts if f.relation == relation and f.subject == near]
        said = units(value.unit)
        if not said:
            unit = next(iter(stated), "")
            return unit, f"the claim gives no unit; taken as {unit}" if unit else ""
        return next((u for u in said if u in stated), said[0]), ""

    async def _meets(self, vertex: str, constraint: Constraint) -> bool:
        """Whether the variable's entity meets it; of an unknown one, whether anybody does."""
        members = self._lookup.source.members(constraint).upper
        near = self._entities[vertex]
        if near is None or vertex in self._compared:
            return bool(members)
        return self._lookup.source.index(near) in members

    async def _label(self, vertex: str) -> str:
        near = self._entities[vertex]
        return "anybody" if near is None else (await self._lookup.world.entity(near)).label


def _slack(value: Value) -> Decimal:
    """A whole number is as precise as it is written: 9 inches is 8.5 to 9.5, and so covers a stated 9.0."""
    return Decimal("0.5") if value.kind == "quantity" and value.low == value.high else Decimal(0)


def _countable(value: Value) -> bool:
    return value.kind == "quantity" and not value.unit and 1 <= value.low <= 1000 and value.low == int(value.low)


def _count(claim: Claim, relation: str, inward: bool, value: Value) -> tuple[Constraint, str]:
    """At least so many: what a world does not state is not false, so no upper end is asked for."""
    low = int(value.low)
    constraint = CountConstraint(
        id=claim.id, vertex=claim.vertex, relation=relation, direction="in" if inward else "out", low=low
    )
    exact = value.high < Decimal(FAR)
    return constraint, f"asked as at least {low}: facts that are missing are not false" if exact else ""

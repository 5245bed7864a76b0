"""A Browser played by a chat model: it proposes what pages state, and code keeps what they do state."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple

from hcsp.names import key
from roles.browser import Claim, Place
from roles.chat.port import Chat
from roles.extracting import Extracted, Said, extracted, offered
from roles.quoting import names, places
from roles.symbolic_browser import SymbolicBrowser, in_turn
from roles.values import same_value, says_value
from worlds.model import Entity, Fact, Page, Relation
from worlds.world import World

Drop = Literal["not_verbatim", "not_about", "unnamed", "unresolved", "not_stated", "twice", "refused"]
"""Why a claim is dropped: its quote is not on the page; neither end, or both, are the entity; the quote does not name
an end; a name denotes nobody, or several that would fit; the world has no such fact there; it was read before. A whole
reply is `refused`."""


class Read(NamedTuple):
    """What was read: the claims that stand, and how many were dropped for what."""

    claims: list[Claim]
    dropped: Counter[Drop]


class ModelBrowser:
    """Gathers the pages that the symbolic Browser does, and has a model read them.

    A claim stands when its quote is on the page letter by letter and names both ends (that whose page it is need not
    be), each end is one entity, and the world states the fact at that place. `most` claims are kept, in turn from each
    relation. Where no reply is acceptable the symbolic Browser reads instead. `dropped` counts over all readings.
    """

    def __init__(
        self, chat: Chat, most: int, time_varying: bool, seed: str, dropped: Counter[Drop] | None = None
    ) -> None:
        self._chat = chat
        self._most = most
        self._time_varying = time_varying
        self._symbolic = SymbolicBrowser(most, time_varying, seed)
        self.dropped: Counter[Drop] = Counter() if dropped is None else dropped

    async def gather(self, world: World, entity: str) -> list[str]:
        """The entity's own page first, then the search results."""
        return await self._symbolic.gather(world, entity)

    async def extract(self, world: World, entity: str, pages: list[str]) -> list[Claim]:
        """The claims that stand, mixed by relation."""
        claims, dropped = await self.read(world, entity, pages)
        self.dropped.update(dropped)
        return claims

    async def read(self, world: World, entity: str, pages: list[str]) -> Read:
        """The claims, and what was dropped."""
        about = await world.entity(entity)
        relations = offered(await world.relations(), time_varying=self._time_varying)
        replies = await extracted(self._chat, about, relations, [await world.page(page) for page in pages])
        dropped: Counter[Drop] = Counter()
        kept: dict[Fact, Claim] = {}
        for reply in replies:
            if reply is None:
                dropped["refused"] += 1
            for said in reply or ():
                found = await _settled(world, about, said)
                if isinstance(found, str) or found.fact in kept:
                    dropped["twice" if isinstance(found, Claim) else found] += 1
                else:
                    kept[found.fact] = found
        if all(reply is None for reply in replies):
            return Read(await self._symbolic.extract(world, entity, pages), dropped)
        return Read(self._mixed(kept, entity), dropped)

    def _mixed(self, kept: dict[Fact, Claim], entity: str) -> list[Claim]:
        kinds: dict[tuple[str, bool], list[Claim]] = defaultdict(list)
        for fact, claim in kept.items():
            kinds[fact.relation, fact.subject == entity].append(claim)
        return list(in_turn(kinds.values()))[: self._most]


async def _settled(world: World, about: Entity, proposed: Said) -> Claim | Drop:
    said, page, relation = proposed
    spans = places(said.quote, page.text)
    if not spans:
        return "not_verbatim"
    is_subject, is_object = (_denotes(name, about) for name in (said.subject, said.object))
    if is_subject == is_object or (is_object and relation.kind != "entity"):
        return "not_about"
    if not names(about, said.quote, page):
        return "unnamed"
    if relation.kind == "entity":
        facts = await _ties(world, about, said, page, relation, outward=is_subject)
    else:
        facts = await _literals(world, about, said, relation)
    return facts if isinstance(facts, str) else await _stated(world, facts, page.id, spans)


async def _ties(
    world: World, about: Entity, said: Extracted, page: Page, relation: Relation, *, outward: bool
) -> list[Fact] | Drop:
    """The fact with each entity that the other name denotes; more than one may be stated, or none."""
    far = [e for e in await world.resolve(said.object if outward else said.subject) if e.id != about.id]
    if not far:
        return "unresolved"
    ends = [(about.id, e.id) if outward else (e.id, about.id) for e in far if names(e, said.quote, page)]
    return [Fact(subject, relation.id, target) for subject, target in ends] or "unnamed"


async def _literals(world: World, about: Entity, said: Extracted, relation: Relation) -> list[Fact] | Drop:
    if not says_value(said.quote, said.object, relation.kind):
        return "unnamed"
    mine = [f for f in await world.facts(about.id) if (f.subject, f.relation) == (about.id, relation.id)]
    return [f for f in mine if f.kind == relation.kind and same_value(said.object, f.object, f.kind)]


def _denotes(name: str, entity: Entity) -> bool:
    return key(name) in {key(called) for called in (entity.label, *entity.aliases)}


async def _stated(world: World, facts: Sequence[Fact], page: str, spans: Sequence[tuple[int, int]]) -> Claim | Drop:
    """The one fact that the world states where the quote stands; a claim's place is the whole of that statement."""
    found = [(fact, place) for fact in facts if (place := await _place(world, fact, page, spans)) is not None]
    if len(found) > 1:
        return "unresolved"
    return Claim(found[0][0], (found[0][1],)) if found else "not_stated"


async def _place(world: World, fact: Fact, page: str, spans: Sequence[tuple[int, int]]) -> Place | None:
    try:
        steps = await world.steps(fact)
    except KeyError:  # it follows from nothing that a page states
        return None
    if len(steps) > 1:
        return None
    for _, where, start, end in await world.stated(steps[0]):
        if where == page and any(first < end and start < last for first, last in spans):
            return Place(page, start, end)
    return None

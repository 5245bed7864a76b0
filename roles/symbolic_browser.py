"""A Browser that needs no model: it knows which sentence of a page states which fact."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from random import Random
from typing import TypeVar

from roles.browser import Claim, Place
from worlds.model import Fact
from worlds.world import World

Item = TypeVar("Item")

RESULTS = 20
"""How many pages the search for a name returns, the k of every retrieval."""


class SymbolicBrowser:
    """Reads the entity's page and the results of a search for its name.

    `most` claims are kept, in turn from each relation so that a long list of one kind cannot crowd out the others.
    """

    def __init__(self, most: int, time_varying: bool, seed: str) -> None:
        self._most = most
        self._time_varying = time_varying
        self._seed = seed

    async def gather(self, world: World, entity: str) -> list[str]:
        """The entity's own page first, then the search results."""
        hits = await world.search((await world.entity(entity)).label, RESULTS)
        return list(dict.fromkeys((entity, *(hit.page for hit in hits))))

    async def extract(self, world: World, entity: str, pages: list[str]) -> list[Claim]:
        """Claims in an order that mixes relations, drawn by the seed."""
        relations = await world.relations()
        kinds: dict[tuple[str, bool], list[Fact]] = defaultdict(list)
        for fact in await world.facts(entity):
            if fact.subject != fact.object and (self._time_varying or not relations[fact.relation].time_varying):
                kinds[fact.relation, fact.subject == entity].append(fact)
        rng = Random(f"{self._seed}:{entity}:claims")
        for facts in kinds.values():
            rng.shuffle(facts)
        claims: list[Claim] = []
        for mixed in in_turn(kinds.values()):
            if len(claims) < self._most:
                claims += await self._claim(world, mixed, set(pages))
        return claims

    async def _claim(self, world: World, fact: Fact, pages: set[str]) -> list[Claim]:
        places: list[Place] = []
        for step in await world.steps(fact):
            read = [s for s in await world.stated(step) if s.page in pages]
            if not read:
                return []
            places.append(Place(read[0].page, read[0].start, read[0].end))
        return [Claim(fact, tuple(places))]


def in_turn(groups: Iterable[Iterable[Item]]) -> Iterator[Item]:
    """One of each group, then another of each, until all are told."""
    return (item for item in chain.from_iterable(zip_longest(*groups)) if item is not None)

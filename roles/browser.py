"""The Browser reads pages and makes claims of them, each with the words that say it."""

from typing import NamedTuple, Protocol

from worlds.model import Fact
from worlds.world import World


class Place(NamedTuple):
    """Where something is said: `text[start:end]` of a page."""

    page: str
    start: int
    end: int


class Claim(NamedTuple):
    """A fact about an entity, with one place for every stated fact that it follows from, in order."""

    fact: Fact
    places: tuple[Place, ...]


class Browser(Protocol):
    """Reads about one entity."""

    async def gather(self, world: World, entity: str) -> list[str]:
        """The pages to read: the entity's own, and what search returns for its name."""
        ...

    async def extract(self, world: World, entity: str, pages: list[str]) -> list[Claim]:
        """The claims about the entity that those pages state."""
        ...

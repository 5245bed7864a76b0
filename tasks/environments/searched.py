"""What an environment searches: a world, or the pages of a packed one."""

from typing import Protocol

from tasks.exports.environment import Environment
from worlds.model import Hit, Page


class Searched(Protocol):
    """The part of `worlds.world.World` that an environment needs; unknown pages raise `KeyError`."""

    name: str
    version: str
    sha256: str

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        """The k best pages, ties by page id."""
        ...

    async def page(self, page: str) -> Page:
        """A page by id."""
        ...


class Packed:
    """A packed search environment, under the name of the world that its pages are from."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        world = environment.manifest.details["world"]
        self.name, self.version, self.sha256 = (str(world[part]) for part in ("name", "version", "sha256"))

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        return self._environment.search(query, k)

    async def page(self, page: str) -> Page:
        return self._environment.page(page)

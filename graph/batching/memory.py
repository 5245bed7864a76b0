"""What one diffusion has read: a page is opened once, however many of its questions use it."""

from dataclasses import replace

from graph.context import Context, Deps
from roles.browser import Browser, Claim
from worlds.world import World


class Memory:
    """A Browser's pages and claims by entity."""

    def __init__(self) -> None:
        self.pages: dict[str, list[str]] = {}
        self.claims: dict[str, list[Claim]] = {}

    @property
    def read(self) -> int:
        """Distinct pages read so far."""
        return len({page for found in self.pages.values() for page in found})


class Remembering:
    """A Browser that asks another one only for entities that it has not read about."""

    def __init__(self, browser: Browser, memory: Memory) -> None:
        self._browser = browser
        self._memory = memory

    async def gather(self, world: World, entity: str) -> list[str]:
        """The pages to read."""
        if entity not in self._memory.pages:
            self._memory.pages[entity] = await self._browser.gather(world, entity)
        return self._memory.pages[entity]

    async def extract(self, world: World, entity: str, pages: list[str]) -> list[Claim]:
        """The claims about the entity that those pages state."""
        if entity not in self._memory.claims:
            self._memory.claims[entity] = await self._browser.extract(world, entity, pages)
        return self._memory.claims[entity]


def remembering(deps: Deps) -> tuple[Deps, Memory]:
    """The same roles with a memory for one diffusion, all of whose runs have the same Browser settings."""
    memory = Memory()

    async def browser(settings: Context) -> Browser:
        return Remembering(await deps.browser(settings), memory)

    return replace(deps, browser=browser), memory

"""Pages about things: which the web has about a name, and which one of them goes by the thing's own id."""

from typing import NamedTuple, Protocol

from hcsp.names import key, occurs
from roles.symbolic_browser import RESULTS
from worlds.model import Evidence, Hit, Page
from worlds.web.titles import same_bare_name, subject
from worlds.world import World

PAGES = 3
"""Pages about one thing that are read."""
TRIED = 6
"""Results of a search for a name that are opened until so many can be read."""


class Web(World, Protocol):
    """A world whose pages' ids are addresses, and that knows what a page is titled without opening it."""

    async def title(self, page: str) -> str:
        """What a page that a search found is titled."""
        ...


class About(NamedTuple):
    """What the web has about a name.

    Attributes:
        home: the address of the first page that is titled so and names it; `None` when there is none.
        pages: those to read, titled by the name first; their ids are addresses, their titles are without the site.
        namesakes: what other pages are titled that differ from the name only in brackets at the end.
    """

    home: str | None
    pages: tuple[Page, ...]
    namesakes: tuple[str, ...]


class Library:
    """Pages of the web under ids of its own.

    The page about a thing that was looked up has the thing's id, which is its name; every other page has its address.
    Both lead to the page; `Evidence.url` is the address always.
    """

    def __init__(self, web: Web) -> None:
        self._web = web
        self._about: dict[str, About] = {}
        self._names: dict[str, str] = {}

    async def about(self, name: str) -> About:
        """What a search for a name brings; a name is looked up once."""
        if name not in self._about:
            self._about[name] = await self._looked_up(name)
            if (home := self._about[name].home) is not None:
                self._names.setdefault(home, name)
        return self._about[name]

    async def page(self, page: str) -> Page:
        """A page by address, or by the name of what it is about; raises `KeyError` where there is none."""
        found = await self._web.page(await self._address(page))
        return found.model_copy(update={"id": self.id_of(found.id)})

    async def quote(self, page: str, start: int, end: int) -> Evidence:
        """The words `text[start:end]` of a page; raises `KeyError` where there is none."""
        found = await self._web.quote(await self._address(page), start, end)
        return found.model_copy(update={"page": self.id_of(found.page)})

    async def search(self, query: str, k: int) -> list[Hit]:
        """The k best pages."""
        return [Hit(self.id_of(hit.page), hit.score) for hit in await self._web.search(query, k)]

    async def subjects(self, query: str, k: int) -> list[str]:
        """What the k best pages are about by their titles, in order, each once."""
        hits = await self._web.search(query, k)
        return list(dict.fromkeys([subject(await self._web.title(hit.page)) for hit in hits]))

    def id_of(self, address: str) -> str:
        """The id of the page at an address."""
        return self._names.get(address, address)

    async def _address(self, page: str) -> str:
        if "://" in page:
            return page
        home = (await self.about(page)).home
        if home is None:
            raise KeyError(f"no page about {page!r} was found")
        return home

    async def _looked_up(self, name: str) -> About:
        hits = await self._web.search(name, RESULTS)
        titled = {hit.page: subject(await self._web.title(hit.page)) for hit in hits}
        titles = {page: name if key(title) == key(name) else title for page, title in titled.items()}
        pages: list[Page] = []
        for address in sorted(titles, key=lambda page: titles[page] != name)[:TRIED]:
            page = await self._opened(address) if len(pages) < PAGES else None
            if page is not None:
                pages.append(page.model_copy(update={"title": titles[address]}))
        home = next((page.id for page in pages if page.title == name and occurs(name, page.text)), None)
        others = {title for title in titles.values() if title != name and same_bare_name(title, name)}
        return About(home, tuple(pages), tuple(sorted(others)))

    async def _opened(self, address: str) -> Page | None:
        try:
            return await self._web.page(address)
        except KeyError:  # blocked, or there is no text
            return None

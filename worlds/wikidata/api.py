"""The public interfaces of Wikidata and Wikipedia, one method a call."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from hcsp.names import words
from worlds.web.fetching import Fetcher, Refused
from worlds.wikidata.queries import ENTITY
from worlds.wikidata.settings import WikidataSettings

AT_ONCE = 50
"""Items of one `wbgetentities`: the most that the interface takes."""
LONGEST = 290
"""Characters of a search: Wikipedia's takes 300."""
EITHER = 40
"""Words of a search for any of them."""

Row = dict[str, str]


class Found(NamedTuple):
    """A page of Wikipedia by title, and the item that it is about, if any."""

    title: str
    item: str | None


class Text(NamedTuple):
    """A page's plain text."""

    title: str
    url: str
    text: str


class Api:
    """Every method raises what `Fetcher.fetch` does."""

    def __init__(self, fetcher: Fetcher, settings: WikidataSettings) -> None:
        self.fetcher, self.settings = fetcher, settings

    async def called(self, name: str, most: int = 20) -> list[tuple[str, str]]:
        """Items whose label or alias begins like a name, each with its label, best first."""
        found = await self._wikidata(
            action="wbsearchentities", search=name[:250], limit=str(most), type="item", language=self.settings.language
        )
        return [(str(hit["id"]), str(hit.get("label") or hit["id"])) for hit in found.get("search", ())]

    async def items(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Items as they are stored, by the id asked for; those that do not exist are left out."""
        wanted = list(ids)
        parts = [wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE)]
        replies = await asyncio.gather(*(self._items(part) for part in parts))
        return {identifier: raw for reply in replies for identifier, raw in reply.items()}

    async def _items(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        found = await self._wikidata(
            action="wbgetentities",
            ids="|".join(ids),
            props="labels|aliases|descriptions|claims|sitelinks",
            languages=f"{self.settings.language}|mul",
            sitefilter=self.settings.wiki,
        )
        entities: dict[str, dict[str, Any]] = found.get("entities", {})
        entities |= {i: raw for raw in entities.values() if (i := (raw.get("redirects") or {}).get("from"))}
        return {i: entities[i] for i in ids if i in entities and "missing" not in entities[i]}

    async def text(self, title: str) -> Text | None:
        """The plain text of a page, redirects followed; `None` when there is no such page."""
        found = await self._wikipedia(
            prop="extracts|info", explaintext="1", exsectionformat="plain", inprop="url", redirects="1", titles=title
        )
        for page in found:
            if "missing" not in page and page.get("extract"):
                return Text(str(page["title"]), str(page.get("canonicalurl") or page["fullurl"]), str(page["extract"]))
        return None

    async def search(self, query: str, k: int) -> list[Found]:
        """The k best pages for all the words of a query, else for any of them."""
        said = words(query)
        found = await self._search(_cut(" ".join(said)), k)
        return found or await self._search(_cut(" OR ".join(dict.fromkeys(said[:EITHER]))), k)

    async def _search(self, query: str, k: int) -> list[Found]:
        if not query:
            return []
        pages = await self._wikipedia(
            generator="search",
            gsrsearch=query,
            gsrlimit=str(min(k, 500)),
            gsrnamespace="0",
            prop="pageprops",
            ppprop="wikibase_item",
        )
        return _found(sorted(pages, key=lambda page: int(page.get("index", 0))))

    async def select(self, query: str) -> list[Row]:
        """The rows of a SPARQL query, items by their ids; unbound variables are left out."""
        reply = await self.fetcher.fetch(self.settings.sparql, {"query": query, "format": "json"}, post=True)
        try:
            return [{name: _short(cell["value"]) for name, cell in row.items()} for row in _bindings(reply.body)]
        except (KeyError, TypeError, AttributeError):
            raise Refused(self.settings.sparql, 200, "no SPARQL results in JSON") from None

    async def _wikidata(self, **params: str) -> dict[str, Any]:
        return await self._call(self.settings.wikidata, params)

    async def _wikipedia(self, **params: str) -> list[dict[str, Any]]:
        found = await self._call(self.settings.wikipedia, {"action": "query", **params})
        pages: list[dict[str, Any]] = (found.get("query") or {}).get("pages", [])
        return pages

    async def _call(self, url: str, params: dict[str, str]) -> dict[str, Any]:
        asked = {"format": "json", "formatversion": "2", **params}
        reply = await self.fetcher.fetch(url, asked, polite={"maxlag": str(self.settings.maxlag)})
        if not isinstance(reply.body, dict):
            raise Refused(url, 200, "no object of the MediaWiki API")
        return reply.body


def _bindings(body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body["results"]["bindings"]
    return found


def _short(value: str) -> str:
    return value.removeprefix(ENTITY)


def _found(pages: Iterable[dict[str, Any]]) -> list[Found]:
    return [Found(str(p["title"]), (p.get("pageprops") or {}).get("wikibase_item")) for p in pages if "title" in p]


def _cut(query: str) -> str:
    """As many whole words as fit."""
    if len(query) <= LONGEST:
        return query
    return query[:LONGEST].rpartition(" ")[0].removesuffix(" OR")

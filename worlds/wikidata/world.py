"""All of Wikidata as a world, asked while a question grows: no key, no download."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from hcsp.names import key
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from worlds.abreast import abreast
from worlds.closure import Derivation
from worlds.model import Entity, Evidence, Fact, Hit, Page, Relation, Statement
from worlds.relations import known_relations
from worlds.web.blocking import is_blocked
from worlds.web.fetching import Fetcher
from worlds.web.pages import PageStore
from worlds.web.settings import from_environment
from worlds.wikidata.api import Api, Text
from worlds.wikidata.claims import Item, ends, read_item, with_units
from worlds.wikidata.gather import Gathering
from worlds.wikidata.lookup import Lookup, number
from worlds.wikidata.queries import Goal
from worlds.wikidata.sayings import spoken, written
from worlds.wikidata.settings import WikidataSettings

EACH = 20
"""Most facts of one relation that lead to an entity, or that follow from others, that are read of it."""
RESULTS = 25
"""Results of a search that are asked for at least: whoever looks at fewer of them has been answered already."""
GOALS = 40
"""Goals of one query about an entity."""


class WikidataWorld:
    """Implements `World` over the public interfaces of Wikidata and of one Wikipedia.

    A fact is a best-ranked statement by a relation of the shipped table, or follows from such. A page is Wikipedia's
    about the item, by the item's id. Candidate sets are of all items: listed where they are few, else asked for the
    items that matter, and open beyond them. Calls raise `OSError` when a server is gone, `ValueError` when it refuses.
    """

    name = "wikidata"
    version = "live-1"

    def __init__(self, settings: WikidataSettings | None = None) -> None:
        self.settings = settings or from_environment(WikidataSettings)
        self.fetcher = Fetcher(self.settings)
        self.sha256 = _digest(self.settings.language)
        self._relations = known_relations()
        self._api = Api(self.fetcher, self.settings)
        self._lookup = Lookup(self._api, self._relations)
        self._pages = PageStore(self.settings.cache / "pages")
        self._items: dict[str, Item | None] = {}
        self._types: dict[str, tuple[str, ...]] = {}
        self._texts: dict[str, Text | None] = {}
        self._titles: dict[str, str] = {}
        self._stated: dict[Fact, tuple[Statement, ...]] = {}
        self._facts: dict[str, tuple[Fact, ...]] = {}

    async def resolve(self, name: str) -> list[Entity]:
        """The item with that id, else those that the name denotes; with a page of their own, where any has one."""
        if number(name) is not None:
            return [await self.entity(name)] if (await self._read([name])).get(name) else []
        found = await self._read([item for item, _ in await self._api.called(name)])
        denoted = [item for item in found.values() if key(name) in map(key, (item.label, *item.aliases))]
        paged = [item for item in denoted if item.title and not _lists_names(item)]
        denoted = sorted(paged or denoted, key=lambda item: (key(item.label) != key(name), number(item.id)))
        return [await self.entity(item.id) for item in denoted]

    async def meant(self, names: Sequence[str]) -> list[str]:
        """The labels of the items with a page that a name denotes as label or alias, spelt exactly so."""
        return sorted(await self._lookup.labels(names))

    async def suggest(self, name: str, n: int = 5) -> list[str]:
        """Labels that begin like the name."""
        return list(dict.fromkeys(label for _, label in await self._api.called(name)))[:n]

    async def entity(self, entity: str) -> Entity:
        item = await self._item(entity)
        return Entity(id=entity, label=item.label, aliases=item.aliases, types=self._types[entity])

    async def relations(self) -> dict[str, Relation]:
        return dict(self._relations)

    async def page(self, page: str) -> Page:
        """Wikipedia's page as plain text. Its links are not asked for: nothing rests on them."""
        text = await self._text(page)
        if text is None:
            raise KeyError(f"no page {page!r} in Wikipedia")
        return Page(id=page, title=text.title, url=text.url, text=text.text)

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        """Wikipedia's own search. It gives no scores: they count down from k, and tie nowhere."""
        if is_blocked(self.settings.host) or k < 1:
            return []
        found = {hit.item: hit.title for hit in await self._api.search(query, max(k, RESULTS)) if hit.item}
        self._titles |= found
        return [Hit(item, float(k - rank)) for rank, item in enumerate(list(found)[:k])]

    async def facts(self, entity: str) -> list[Fact]:
        """What the item states, what follows from it, and of what leads to it at most `EACH` a relation.

        What has no name in the language, and so cannot be spoken of, is left out.
        """
        if entity not in self._facts:
            found = sorted(await self._about(entity))
            named = {e for e, item in (await self._read(ends(found, entity))).items() if item.label != e} | {entity}
            self._facts[entity] = tuple(f for f in found if named.issuperset(ends([f], entity)))
        return list(self._facts[entity])

    async def steps(self, fact: Fact) -> tuple[Fact, ...]:
        relation = self._relations[fact.relation]
        items = await self._read([e for e in (fact.subject, fact.object) if number(e) is not None])
        try:
            return Derivation(self._relations, _Stated(items.values())).steps(fact)
        except KeyError:
            if not relation.transitive and not (
                relation.inverse_of and self._relations[relation.inverse_of].transitive
            ):
                raise
        start, way = (fact.subject, relation.id) if relation.transitive else (fact.object, str(relation.inverse_of))
        onward = sorted({f.object for f in await self.facts(start) if f.subject == start and f.relation == way})
        return Derivation(self._relations, _Stated((await self._read([start, *onward])).values())).steps(fact)

    async def stated(self, fact: Fact) -> list[Statement]:
        """The sentences that say the fact on the pages of its subject and object; none for what the item does not."""
        if fact not in self._stated:
            self._stated[fact] = tuple(await self._find(fact))
        return list(self._stated[fact])

    async def _find(self, fact: Fact) -> list[Statement]:
        subject = await self._item(fact.subject)
        if fact not in subject.facts:
            return []
        if fact.kind != "entity":
            return await self._said(fact, fact.subject, written(fact))
        other = await self._item(fact.object)
        here = self._said(fact, fact.subject, (other.label, *other.aliases))
        there = self._said(fact, fact.object, (subject.label, *subject.aliases))
        return sorted({place for found in await abreast([here, there]) for place in found})

    async def quote(self, page: str, start: int, end: int) -> Evidence:
        text = await self._text(page)
        if text is None:
            raise KeyError(f"no page {page!r} in Wikipedia")
        return Evidence(
            page=page,
            title=text.title,
            url=text.url,
            start=start,
            end=end,
            quote=text.text[start:end],
            page_sha256=hashlib.sha256(text.text.encode()).hexdigest(),
        )

    async def frame(self, tree: ResearchTree, limit: int = 10_000, also: Sequence[str] = ()) -> CandidateSource:
        """A snapshot of what the tree's constraints, and what else could be asked of its variables, admit."""
        return await Gathering(tree, limit, self._lookup, self._relations, self.facts).snapshot(self._names)

    async def sample(self, n: int, seed: str) -> list[str]:
        """Nobody can list all items: always a `ValueError`."""
        raise ValueError("wikidata has no list to draw roots from; name the entities, by name or by item id")

    async def aclose(self) -> None:
        """Close the connections that the running loop holds open."""
        await self.fetcher.aclose()

    async def _item(self, entity: str) -> Item:
        item = (await self._read([entity])).get(entity)
        if item is None:
            raise KeyError(f"no item {entity!r} in Wikidata")
        return item

    async def _read(self, ids: Iterable[str]) -> dict[str, Item]:
        """Items by id, without those that do not exist; what they are of is looked up with them."""
        wanted = [i for i in dict.fromkeys(ids) if number(i) is not None]
        if missing := [i for i in wanted if i not in self._items]:
            raw = await self._api.items(missing)
            read = {
                i: read_item({**raw[i], "id": i}, self._relations, self.settings.language, self.settings.wiki)
                for i in raw
            }
            units = await self._lookup.unit_names({unit for item in read.values() for unit in item.units})
            broader = await self._lookup.broader(k for item in read.values() for k in map(number, item.kinds) if k)
            for i, found in read.items():
                kinds = {name for kind in found.kinds if (k := number(kind)) for name in broader[k]}
                self._types[i] = tuple(sorted({*kinds, "entity"}))
                self._items[i] = found._replace(facts=tuple(with_units(f, units) for f in found.facts))
            self._items.update({i: None for i in missing if i not in read})
        return {i: item for i in wanted if (item := self._items[i]) is not None}

    async def _about(self, entity: str) -> set[Fact]:
        own = set((await self._item(entity)).facts)
        goals = [Goal(r.id, "out", entity) for r in self._relations.values() if r.kind == "entity"]
        goals += [Goal(g.relation, "in", entity) for g in goals if not self._lookup.paths.plain(g.relation)]
        parts = [goals[at : at + GOALS] for at in range(0, len(goals), GOALS)]
        for found in await asyncio.gather(*(self._lookup.first(part, EACH) for part in parts)):
            for goal, items in found.items():
                for other in items:
                    pair = (f"Q{other}", entity) if goal.direction == "out" else (entity, f"Q{other}")
                    own.add(Fact(pair[0], goal.relation, pair[1]))
        return own

    async def _text(self, page: str) -> Text | None:
        if page not in self._texts:
            title = self._titles.get(page) or await self._title(page)
            text = await self._api.text(title) if title and not is_blocked(self.settings.host) else None
            text = None if text is not None and is_blocked(text.url) else text
            if text is not None:
                await asyncio.to_thread(self._keep, page, text)
            self._texts[page] = text
        return self._texts[page]

    async def _title(self, page: str) -> str | None:
        item = (await self._read([page])).get(page)
        return item.title if item else None

    def _keep(self, page: str, text: Text) -> None:
        kept = Page(id=page, title=text.title, url=text.url, text=text.text)
        self._pages.keep(kept, hashlib.sha256(text.text.encode()).hexdigest())

    async def _said(self, fact: Fact, page: str, names: Sequence[str]) -> list[Statement]:
        text = await self._text(page)
        return [] if text is None else list(spoken(fact, page, text.text, names))

    async def _names(self, entities: Iterable[str]) -> Mapping[str, Sequence[str]]:
        return {i: (item.label, *item.aliases) for i, item in (await self._read(sorted(entities))).items()}


class _Stated:
    """What a few items state, for a derivation among them."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._facts = frozenset(fact for item in items for fact in item.facts)
        self._entities = sorted({e for f in self._facts if f.kind == "entity" for e in (f.subject, f.object)})

    def is_stated(self, fact: Fact) -> bool:
        return fact in self._facts

    def onward(self, entity: str, relation: str) -> list[str]:
        return self._entities


def _lists_names(item: Item) -> bool:
    """Whether an item is a disambiguation page."""
    return "Q4167410" in item.kinds


def _digest(language: str) -> str:
    """A hash of what decides how Wikidata is read; its contents change every second."""
    digest = hashlib.sha256(language.encode())
    for package, names in (("worlds", ["relations.tsv"]), ("worlds.wikidata", ["classes.tsv", "cues.tsv"])):
        for name in names:
            digest.update(files(package).joinpath(name).read_bytes())
    return digest.hexdigest()

"""The open web as a world, through Tavily: pages and search, and candidate sets that only ever have a lower end."""

import asyncio
import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence

from hcsp.constraints import RelationConstraint, constant_of
from hcsp.names import key
from hcsp.nouns import ANYTHING
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from worlds.known import Known, Tied
from worlds.model import Entity, Evidence, Fact, Hit, Page, Relation, Statement
from worlds.relations import known_relations
from worlds.snapshot import Snapshot
from worlds.web.pages import PageStore
from worlds.web.sentences import says, sentences
from worlds.web.settings import from_environment
from worlds.web.tavily_api import KEY, TavilyApi, TavilySettings
from worlds.web.titles import subject
from worlds.wikidata.shipped import cues

UNIVERSE = 1 << 28
"""How many things there may be that nobody has seen: more than anybody can rule out."""
EACH = 10
"""Pages that are read for one clue."""


class TavilyWorld:
    """Implements `World` over the web's pages. A page's id is its address, an entity is what a page's title names.

    There are no facts here: claims are a Browser's to extract, each with its quote. A candidate set's lower end holds
    the entities of pages that were found for the clue and have a sentence that says it; its upper end is everything,
    because the web cannot be enumerated. A certificate over these bounds therefore never says "unique": it says how
    many other entities were seen to meet all clues but one, and that is a statement about the pages that were read.

    Raises `ValueError` when there is no key.
    """

    name = "tavily"
    version = "live-1"

    def __init__(self, settings: TavilySettings | None = None) -> None:
        secret = os.environ.get(KEY, "").strip()
        if not secret:
            raise ValueError(f"the world 'tavily' needs a key: set {KEY}, or use --world wikidata, which needs none")
        self.settings = settings or from_environment(TavilySettings)
        self.sha256 = hashlib.sha256(f"{self.name} {self.version}".encode()).hexdigest()
        self.api = TavilyApi(self.settings, secret)
        self._relations = known_relations()
        self._titles: dict[str, str] = {}
        self._store = PageStore(self.settings.cache / "pages")

    async def resolve(self, name: str) -> list[Entity]:
        """The entity of that name, when a page that a search finds is titled so."""
        found = await self.api.search(name, EACH)
        return [_entity(name)] if any(key(subject(r.title)) == key(name) for r in found) else []

    async def meant(self, names: Sequence[str]) -> list[str]:
        """A search for each name."""
        return sorted({entity.label for name in names for entity in await self.resolve(name)})

    async def suggest(self, name: str, n: int = 5) -> list[str]:
        """What the pages that a search finds are titled."""
        return list(dict.fromkeys(subject(r.title) for r in await self.api.search(name, EACH)))[:n]

    async def entity(self, entity: str) -> Entity:
        """An entity is its name: nothing else is known of it."""
        if not key(entity):
            raise KeyError(f"no entity {entity!r} on the web")
        return _entity(entity)

    async def relations(self) -> dict[str, Relation]:
        return dict(self._relations)

    async def page(self, page: str) -> Page:
        text = await self.api.extract(page) if "://" in page else None
        if text is None:
            raise KeyError(f"no page {page!r} that may be read")
        found = Page(id=page, title=self._titles.get(page, page), url=page, text=text)
        await asyncio.to_thread(self._store.keep, found, hashlib.sha256(text.encode()).hexdigest())
        return found

    async def title(self, page: str) -> str:
        """What a page that a search found is titled there; its id for any other."""
        return self._titles.get(page, page)

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        found = await self.api.search(query, k)
        self._titles.update({r.url: r.title for r in found})
        return sorted((Hit(r.url, r.score) for r in found), key=lambda hit: (-hit.score, hit.page))

    async def facts(self, entity: str) -> list[Fact]:
        """None: what a page says is a Browser's to claim."""
        return []

    async def steps(self, fact: Fact) -> tuple[Fact, ...]:
        """The fact itself: nothing is derived from pages."""
        return (fact,)

    async def stated(self, fact: Fact) -> list[Statement]:
        """The sentences that name both ends and a word for the relation, on the pages that a search for these finds."""
        relation = self._relations.get(fact.relation)
        label = relation.label if relation else fact.relation
        found: list[Statement] = []
        for hit in await self.search(f"{fact.subject} {label} {fact.object}", EACH):
            text = await self._text(hit.page)
            for start, end in sentences(text):
                said = text[start:end]
                if says(said, [fact.object], cues(fact.relation)) and says(said, [fact.subject], cues(fact.relation)):
                    found.append(Statement(fact, hit.page, start, end))
        return sorted(found)

    async def quote(self, page: str, start: int, end: int) -> Evidence:
        found = await self.page(page)
        return Evidence(
            page=page,
            title=found.title,
            url=found.url,
            start=start,
            end=end,
            quote=found.text[start:end],
            page_sha256=hashlib.sha256(found.text.encode()).hexdigest(),
        )

    async def frame(self, tree: ResearchTree, limit: int = 10_000, also: Sequence[str] = ()) -> CandidateSource:
        """Whom the web says to meet each clue that names a constant; every upper end is everything."""
        ties: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for clue in tree.clues:
            constant = constant_of(clue)
            if isinstance(clue, RelationConstraint) and constant is not None:
                for entity in (await self._meeting(clue, constant.label))[:limit]:
                    pair = (entity, constant.entity) if clue.direction == "out" else (constant.entity, entity)
                    ties[clue.relation].add(pair)
        ends = {e for pairs in ties.values() for pair in pairs for e in pair}
        names = tuple(sorted({*ends, *tree.entities.values(), *tree.constants}))
        at = {name: n for n, name in enumerate(names)}
        known = {r: [(at[s], at[o]) for s, o in sorted(pairs)] for r, pairs in sorted(ties.items())}
        return Snapshot(
            Known(
                size=len(names) + UNIVERSE,
                names=names,
                ties={r: Tied(pairs=_by_subject(pairs)) for r, pairs in known.items()},
            )
        )

    async def sample(self, n: int, seed: str) -> list[str]:
        """Nobody can list the web: always a `ValueError`."""
        raise ValueError("tavily has no list to draw roots from; name the entities")

    async def aclose(self) -> None:
        """Close the connections that the running loop holds open."""
        await self.api.aclose()

    async def _meeting(self, clue: RelationConstraint, constant: str) -> list[str]:
        relation = self._relations.get(clue.relation)
        hits = await self.search(f"{relation.label if relation else clue.relation} {constant}", EACH)
        said = [hit.page for hit in hits if await self._says(hit.page, constant, clue.relation)]
        return sorted({subject(self._titles[page]) for page in said} - {constant})

    async def _says(self, page: str, name: str, relation: str) -> bool:
        text = await self._text(page)
        return any(says(text[start:end], [name], cues(relation)) for start, end in sentences(text))

    async def _text(self, page: str) -> str:
        try:
            return (await self.page(page)).text
        except KeyError:
            return ""


def _entity(name: str) -> Entity:
    return Entity(id=name, label=name, types=(ANYTHING,))


def _by_subject(pairs: list[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for subject_, target in pairs:
        found[subject_].append(target)
    return {s: tuple(os) for s, os in found.items()}

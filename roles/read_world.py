"""A web without facts as a world with facts: what models read on its pages, and whom they judged to meet which clue."""

import hashlib
import json
from collections.abc import Sequence

from hcsp.names import key
from hcsp.nouns import ANYTHING
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from prompts.render import digests
from roles.chat.port import Chat
from roles.judge import Judge
from roles.library import Library, Web
from roles.reader import Reader
from roles.rival_names import Rumours
from roles.seeing import Seeing
from worlds.model import Entity, Evidence, Fact, Hit, Page, Relation, Statement
from worlds.relations import known_relations
from worlds.snapshot import Snapshot

READ = "read-1"
"""The version of the way in which pages are read and rivals are judged."""
PROMPTS = ("extract_claims", "judge_rival", "propose_rivals", "answer_closed_book")
FRAMES = 64
"""Most frames that are remembered; a run asks for the same ones again and again."""


class ReadWorld:
    """Implements `World` over another one that has pages and no facts.

    A thing is its name. Facts are what a model reads about it on the pages found for it, each with words that stand
    there. A frame's universe holds the things that were seen: the tree's, the constants of its clues, and rivals that
    were searched for, remembered by the chat or handed in. Lower ends hold who is read or judged to meet a clue; upper
    ends leave out who is judged not to, or has another value of a functional relation. Whoever is unknown stays in.
    """

    def __init__(self, web: Web, chat: Chat, judge: Judge) -> None:
        self.name, self.version = web.name, f"{web.version} {READ}"
        said = {name: digest for name, digest in digests().items() if name in PROMPTS}
        self.sha256 = hashlib.sha256(json.dumps([web.sha256, READ, said], sort_keys=True).encode()).hexdigest()
        self._web = web
        self._library = Library(web)
        self._relations = known_relations()
        self._reader = Reader(self._library, chat, judge, self._relations)
        self._rumours = Rumours(self._library, chat)
        self._frames: dict[str, Snapshot] = {}

    async def resolve(self, name: str) -> list[Entity]:
        """The thing of that name, if it was seen. While nothing was, the web is asked: a question begins so."""
        if self._reader.empty:
            found = await self._web.resolve(name)
            return [await self.entity(self._reader.spelled(thing.id)) for thing in found]
        seen = self._reader.seen(name)
        return [] if seen is None else [await self.entity(seen)]

    async def meant(self, names: Sequence[str]) -> list[str]:
        """Of these names those that were seen: nothing is asked of the web."""
        return sorted({seen for name in names if (seen := self._reader.seen(name)) is not None})

    async def suggest(self, name: str, n: int = 5) -> list[str]:
        return await self._web.suggest(name, n)

    async def entity(self, entity: str) -> Entity:
        """A thing is its name: nothing else is known of it."""
        if not key(entity):
            raise KeyError(f"no entity {entity!r} on the web")
        return Entity(id=entity, label=entity, types=(ANYTHING,))

    async def relations(self) -> dict[str, Relation]:
        return dict(self._relations)

    async def page(self, page: str) -> Page:
        return await self._library.page(page)

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        """The k best pages; a search for the name of a thing that was seen makes sure which page is about it."""
        seen = self._reader.seen(query)
        if seen is not None:
            await self._library.about(seen)
        return await self._library.search(query, k)

    async def facts(self, entity: str) -> list[Fact]:
        """What was read about a thing, and what the Judge found to be true of it so far."""
        self._reader.spelled(entity)
        await self._reader.read([entity])
        return sorted({*self._reader.facts(entity), *self._reader.confirmed(entity)})

    async def steps(self, fact: Fact) -> tuple[Fact, ...]:
        """The fact itself: nothing is derived from pages."""
        return (fact,)

    async def stated(self, fact: Fact) -> list[Statement]:
        """The sentences that it was read from, or that the Judge quoted."""
        places = self._reader.places(fact)
        return sorted(Statement(fact, self._library.id_of(page), start, end) for page, start, end in places)

    async def quote(self, page: str, start: int, end: int) -> Evidence:
        return await self._library.quote(page, start, end)

    async def frame(self, tree: ResearchTree, limit: int = 10_000, also: Sequence[str] = ()) -> CandidateSource:
        """What was seen of all that could meet the tree's clues, or those that its entities' facts offer."""
        asked = json.dumps([tree.model_dump_json(), limit, *also])
        if asked not in self._frames:
            for name in (*tree.entities.values(), *sorted(tree.constants)):
                self._reader.spelled(name)
            found = await Seeing(tree, limit, self._reader, self._rumours, also).snapshot()
            while len(self._frames) >= FRAMES:
                del self._frames[next(iter(self._frames))]
            self._frames[asked] = found
        return self._frames[asked]

    async def sample(self, n: int, seed: str) -> list[str]:
        """Nobody can list the web: always a `ValueError`."""
        return await self._web.sample(n, seed)

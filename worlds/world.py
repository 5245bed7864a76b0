"""The seam to a world: where names, pages, search, facts and candidate sets come from."""

from collections.abc import Sequence
from typing import Protocol

from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from worlds.model import Entity, Evidence, Fact, Hit, Page, Relation, Statement


class World(Protocol):
    """Asynchronous, because a world may be far away. Unknown ids raise `KeyError`."""

    name: str
    version: str
    sha256: str

    async def resolve(self, name: str) -> list[Entity]:
        """The entities that an id, label or alias denotes, best match first; none when it denotes nobody."""
        ...

    async def meant(self, names: Sequence[str]) -> list[str]:
        """The labels of all that any of these names denotes, sorted; asked together, because they may be hundreds."""
        ...

    async def suggest(self, name: str, n: int = 5) -> list[str]:
        """The labels closest to a name that denotes nobody."""
        ...

    async def entity(self, entity: str) -> Entity:
        """An entity by id."""
        ...

    async def relations(self) -> dict[str, Relation]:
        """The world's relations by id."""
        ...

    async def page(self, page: str) -> Page:
        """A page by id."""
        ...

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        """The k best pages, ties by page id."""
        ...

    async def facts(self, entity: str) -> list[Fact]:
        """The facts about an entity as subject or object, closure included, sorted."""
        ...

    async def steps(self, fact: Fact) -> tuple[Fact, ...]:
        """The stated facts that a fact follows from, in order; itself when it is stated."""
        ...

    async def stated(self, fact: Fact) -> list[Statement]:
        """Every place that states a fact, by page."""
        ...

    async def quote(self, page: str, start: int, end: int) -> Evidence:
        """The words `text[start:end]` of a page, with what identifies it."""
        ...

    async def frame(self, tree: ResearchTree, limit: int = 10_000, also: Sequence[str] = ()) -> CandidateSource:
        """The candidate sets that certifying `tree` needs; `limit` bounds an enumeration.

        `also` are names that were given as the root's answer: a world that sees only what it looks for looks for them.
        """
        ...

    async def sample(self, n: int, seed: str) -> list[str]:
        """`n` entities that may be a root, drawn by a seed: facts of their own, and not too many that point at them."""
        ...

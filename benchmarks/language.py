"""The queries of a tree as moves: what each needs and brings, as bits that may be widened by more names."""

from collections.abc import Iterable, Sequence

from benchmarks.cases import Case
from hcsp.names import key
from hcsp.routes import Move
from roles.leakage import names_of
from worlds.local import LocalWorld
from worlds.model import Entity


class Texts:
    """The words and names of a world's pages, looked up once for all questions."""

    def __init__(self, world: LocalWorld) -> None:
        self.world = world
        self.words: dict[str, str] = {}
        self.shown: dict[str, frozenset[str]] = {}
        self._names: dict[str, list[str]] = {}

    async def keep(self, page: str) -> None:
        """Have a page at hand."""
        if page not in self.words:
            found = await self.world.page(page)
            self.words[page] = f" {key(f'{found.title} {found.text}')} "
            about = {e.id for e in await self.world.resolve(page) if e.id == page}
            names = {entity: await self.names(entity) for entity in {*found.links, *about}}
            self.shown[page] = frozenset(e for e in names if _occurs(names[e], self.words[page]))

    async def names(self, entity: str) -> list[str]:
        """The names of an entity, their words with a space before and after each."""
        if entity not in self._names:
            self._names[entity] = _keys(await self.world.entity(entity))
        return self._names[entity]


class Moves:
    """Facts that the tree needs, and names that have to be seen before they are asked for, as bits of one integer.

    Names of the tree's variables are there from the start; `watch` adds others. A name in the question needs no bit.
    """

    def __init__(self, texts: Texts, case: Case) -> None:
        self._texts, self._case = texts, case
        self._said = sorted(case.retrieved.goal)
        self._fact_bit = {said: 1 << n for n, said in enumerate(self._said)}
        self._name_bit: dict[str, int] = {}
        self._names: dict[str, list[str]] = {}
        self._bits: dict[str, int] = {}
        self._question = f" {key(case.question)} "
        self.goal = (1 << len(self._said)) - 1

    @classmethod
    async def of(cls, texts: Texts, case: Case) -> "Moves":
        """The moves of a question's own language."""
        moves = cls(texts, case)
        await moves.watch(case.tree.entities.values())
        for pages in case.retrieved.results:
            await moves.keep(pages)
        return moves

    @property
    def language(self) -> list[Move]:
        """The design's query language with what is watched now."""
        retrieved = self._case.retrieved
        return [
            Move(0 if query.name is None else self._name_bit[query.name], self.bits(pages), n)
            for n, (query, pages) in enumerate(zip(retrieved.queries, retrieved.results, strict=True))
        ]

    @property
    def watched(self) -> frozenset[str]:
        """The entities whose names have a bit."""
        return frozenset(self._name_bit)

    async def watch(self, entities: Iterable[str]) -> None:
        """Give the names of entities a bit each."""
        for entity in entities:
            if entity not in self._name_bit:
                self._name_bit[entity] = 1 << (len(self._said) + len(self._name_bit))
                self._names[entity] = await self._texts.names(entity)
                self._bits.clear()

    async def keep(self, pages: Iterable[str]) -> None:
        """Have pages at hand."""
        for page in pages:
            await self._texts.keep(page)

    def text(self, page: str) -> str:
        """The words of a page that is at hand, a space before and after each."""
        return self._texts.words[page]

    def shown(self, page: str) -> frozenset[str]:
        """The entities that a page at hand is about or links to, and whose names stand on it."""
        return self._texts.shown[page]

    def bits(self, pages: Iterable[str]) -> int:
        """The facts and watched names that pages at hand hold."""
        held = 0
        for page in pages:
            if page not in self._bits:
                self._bits[page] = self.bits_of_facts(page) | self._watched_on(page)
            held |= self._bits[page]
        return held

    def bits_of_facts(self, page: str) -> int:
        """The facts alone."""
        return sum(self._fact_bit[said] for said in self._case.retrieved.says.get(page, ()))

    def needs(self, entities: Iterable[str]) -> int:
        """The bits of names that have to be seen first; those in the question are there already."""
        return sum(self._name_bit[e] for e in set(entities) if not _occurs(self._names[e], self._question))

    def said(self, bits: int) -> list[str]:
        """The constraints behind some fact bits."""
        return sorted({said[0] for said, bit in self._fact_bit.items() if bit & bits})

    def _watched_on(self, page: str) -> int:
        text = self._texts.words[page]
        return sum(bit for entity, bit in self._name_bit.items() if _occurs(self._names[entity], text))


def _keys(entity: Entity) -> list[str]:
    return [f" {key(name)} " for name in names_of(entity) if key(name)]


def _occurs(names: Sequence[str], text: str) -> bool:
    return any(name in text for name in names)

"""A searcher that is not bound to the query language and knows which pages it still needs."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from benchmarks.cases import Case
from benchmarks.language import Moves
from hcsp.constraints import TypeConstraint
from hcsp.names import words
from hcsp.routes import Move, fewest
from tasks.queries import TOP
from worlds.local import LocalWorld

RECIPES = (
    ("words",),
    ("words", "words"),
    ("clause", "words"),
    ("clause", "clause", "words"),
    ("clause", "clause", "clause"),
    ("name",),
    ("name", "name"),
    ("name", "clause"),
    ("name", "words"),
    ("name", "clause", "words"),
    ("name", "clause", "clause"),
    ("name", "name", "clause"),
)
"""What a query may be mixed of."""
AIMED = 0.7
"""How often a name or words are chosen because a page that is still needed holds them."""
GREEDY = 0.7
"""How often the best of the weighed queries is taken; else one of the best few, by lot."""
FEW = 5
OUTSIDE = 0.7
"""How often a searcher by chance leaves the language."""
MOST = 200
"""Most queries outside the language that the exact search takes, those that bring most."""
BUDGET = 20_000
"""Most states of the exact search."""


class Asked(NamedTuple):
    """A query outside the language: what it is mixed of, the entities that it names, and the pages that came."""

    text: str
    kind: str
    names: frozenset[str]
    pages: tuple[str, ...]


class Hop(NamedTuple):
    """A query of a route, inside the language (`kind` is `language`) or outside it."""

    text: str
    kind: str
    pages: tuple[str, ...]


class Adversary:
    """Walks towards the evidence of one question and keeps every query that it ever made."""

    def __init__(self, world: LocalWorld, case: Case, moves: Moves, rng: Random) -> None:
        self._world, self._case, self._moves, self._rng = world, case, moves, rng
        self._language = moves.language
        self._clauses = {c.id: case.surfaces[c.id] for c in case.tree.constraints if not isinstance(c, TypeConstraint)}
        self._words = sorted(set(words(case.question)))
        self.asked: dict[str, Asked] = {}

    async def wander(self, steps: int) -> bool:
        """Retrieve `steps` times by chance, inside the language or outside; whether the pages then state everything."""
        held, pages = 0, list[str]()
        for _ in range(steps):
            names = await self._names(pages)
            asked = await self._ask(await self._propose(None, names)) if self._rng.random() < OUTSIDE else None
            came = asked.pages if asked is not None else self._rng.choice(self._usable(held))[1]
            held, pages = held | self._moves.bits(came), [*pages, *came]
        return not self._moves.goal & ~held

    async def walk(self, steps: int, proposals: int) -> bool:
        """Retrieve `steps` times, each the most telling of the language and some proposals, with a share of chance."""
        held, pages = 0, list[str]()
        for _ in range(steps):
            names, options = await self._names(pages), self._usable(held)
            for _ in range(proposals):
                target = await self._target(held)
                asked = await self._ask(await self._propose(target, names))
                if asked is not None:
                    options.append((self._moves.bits(asked.pages), asked.pages))
            brings, came = self._choose(options, held)
            held, pages = held | brings, [*pages, *came]
        return not self._moves.goal & ~held

    def _usable(self, held: int) -> list[tuple[int, tuple[str, ...]]]:
        """What the queries of the language bring that may be asked now."""
        return [(m.brings, self._case.retrieved.results[m.query]) for m in self._language if not m.needs & ~held]

    async def shortest(self, below: int) -> tuple[tuple[Hop, ...] | None, bool]:
        """A route shorter than `below` over the language and all that was asked, and whether the search was complete.

        Every name outside the question has to stand on a page already held when it is asked for.
        """
        extras = self._worth_taking()
        await self._moves.watch(sorted({name for asked in extras for name in asked.names}))
        language = self._moves.language
        first = len(language)
        outside = [
            Move(self._moves.needs(asked.names), self._moves.bits(asked.pages), first + n)
            for n, asked in enumerate(extras)
        ]
        found = fewest([*language, *outside], self._moves.goal, budget=BUDGET)
        if found is None or found.high >= below:
            return None, found is not None and found.low >= below
        return tuple(self._hop(n, extras) for n in found.route), True

    def _hop(self, number: int, extras: Sequence[Asked]) -> Hop:
        retrieved = self._case.retrieved
        if number < len(retrieved.queries):
            return Hop(retrieved.queries[number].text, "language", retrieved.results[number])
        asked = extras[number - len(retrieved.queries)]
        return Hop(asked.text, asked.kind, asked.pages)

    def _worth_taking(self) -> list[Asked]:
        """The queries that bring something which no query of the language, as easily asked, brings as well."""
        kept = []
        for asked in self.asked.values():
            brings = self._moves.bits(asked.pages)
            needs = self._moves.needs(asked.names & self._moves.watched)
            if not any(not m.needs & ~needs and m.brings | brings == m.brings for m in self._language):
                kept.append(((brings & self._moves.goal).bit_count(), asked))
        kept.sort(key=lambda scored: (-scored[0], scored[1].text))
        return [asked for _, asked in kept[:MOST]]

    def _choose(self, options: Sequence[tuple[int, tuple[str, ...]]], held: int) -> tuple[int, tuple[str, ...]]:
        ranked = sorted(options, key=lambda option: self._gain(option[0], held), reverse=True)
        return ranked[0] if self._rng.random() < GREEDY else self._rng.choice(ranked[:FEW])

    def _gain(self, brings: int, held: int) -> tuple[float, ...]:
        fresh = brings & ~held
        return (fresh & self._moves.goal).bit_count(), fresh.bit_count() + self._rng.random()

    async def _ask(self, proposal: tuple[str, str, frozenset[str]]) -> Asked | None:
        text, kind, names = proposal
        if not text:
            return None
        if text not in self.asked:
            pages = tuple([hit.page for hit in await self._world.search(text, TOP)])
            await self._moves.keep(pages)
            self.asked[text] = Asked(text, kind, names, pages)
        return self.asked[text]

    async def _propose(self, target: str | None, names: Sequence[str]) -> tuple[str, str, frozenset[str]]:
        """A query by one of the recipes, mostly of what stands on a page, where one is aimed at."""
        recipe = self._rng.choice(RECIPES)
        used, parts = set[str](), list[str]()
        for part in recipe:
            if part == "clause":
                parts.append(self._rng.choice(list(self._clauses.values())))
            elif part == "words":
                parts.append(self._some_words(target))
            elif (name := self._name(names, target)) is not None:
                used.add(name)
                parts.append((await self._world.entity(name)).label)
        return " ".join(parts), " + ".join(recipe), frozenset(used)

    async def _target(self, held: int) -> str:
        missing = self._moves.goal & ~held
        pages = sorted(self._case.retrieved.says)
        weights = [(self._moves.bits_of_facts(page) & missing).bit_count() ** 2 for page in pages]
        target = self._rng.choices(pages, weights)[0] if any(weights) else pages[0]
        await self._moves.keep([target])
        return target

    def _some_words(self, target: str | None) -> str:
        usable = self._words
        if target is not None and self._rng.random() < AIMED:
            there = self._moves.text(target)
            usable = [word for word in self._words if f" {word} " in there] or self._words
        count = self._rng.randint(1, min(8, len(usable)))
        return " ".join(self._rng.sample(usable, count))

    def _name(self, names: Sequence[str], target: str | None) -> str | None:
        usable = names
        if target is not None and self._rng.random() < AIMED:
            usable = [name for name in names if name in self._moves.shown(target)] or names
        return self._rng.choice(usable) if usable else None

    async def _names(self, pages: Sequence[str]) -> list[str]:
        """Whom the question names, and whoever a held page is about or speaks of; sorted."""
        seen = set(self._case.tree.constants)
        for page in pages:
            seen |= self._moves.shown(page)
        return sorted(seen)

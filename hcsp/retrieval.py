"""Certificate fields about the way to the evidence, from what a fixed set of queries returns (design 1.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hcsp.frozen import Frozen
from hcsp.routes import Floor, Move, fewest, rounds

Said = tuple[str, int]
"""One stated fact behind a constraint: the constraint's id and the number of the step."""


class Query(NamedTuple):
    """What is asked, and the entity whose name it uses where that has to be seen first."""

    text: str
    name: str | None = None


@dataclass(frozen=True)
class Retrieved:
    """What one retriever gives for a tree's queries. Plain data: it can be kept and computed on elsewhere.

    Attributes:
        queries: the query language of the tree, in a fixed order.
        results: per query the pages that it returns, best first.
        says: per page the stated facts of the tree that it holds; every page that holds any is there.
        shows: per retrieved page the tree's hidden entities whose names occur on it.
        goal: every stated fact of every clue and edge.
        blind: the pages of each retrieval of the reference solver, in its order.
        answer: the root's entity.
    """

    queries: tuple[Query, ...]
    results: tuple[tuple[str, ...], ...]
    says: Mapping[str, frozenset[Said]]
    shows: Mapping[str, frozenset[str]]
    goal: frozenset[Said]
    blind: tuple[tuple[str, ...], ...]
    answer: str


class Hop(Frozen):
    """One query of the cheapest route and the pages that it brings."""

    query: str
    pages: tuple[str, ...]


class Reach(NamedTuple):
    """The five fields; `floor` and what depends on it are `None` when the evidence is out of reach."""

    dispersion: int | None
    dependency: int | None
    floor: Floor | None
    route: tuple[Hop, ...]
    blind_cost: int | None
    t_hit: int | None


def reach(retrieved: Retrieved) -> Reach:
    """Compute the fields of one tree."""
    bits = _Bits(retrieved)
    moves = [
        Move(bits.name(query.name), bits.pages(pages), n)
        for n, (query, pages) in enumerate(zip(retrieved.queries, retrieved.results, strict=True))
    ]
    floor = fewest(moves, bits.goal)
    route = tuple(
        Hop(query=retrieved.queries[n].text, pages=retrieved.results[n]) for n in (floor.route if floor else ())
    )
    cost, hit = _blind(retrieved, bits)
    return Reach(_dispersion(retrieved, bits), rounds(moves, bits.goal), floor, route, cost, hit)


class _Bits:
    """Stated facts and hidden names as the bits of one integer."""

    def __init__(self, retrieved: Retrieved) -> None:
        said = sorted(retrieved.goal)
        names = sorted({e for shown in retrieved.shows.values() for e in shown} | _asked_for(retrieved.queries))
        self._bit = {thing: 1 << n for n, thing in enumerate([*said, *names])}
        self._says, self._shows = retrieved.says, retrieved.shows
        self.goal = sum(self._bit[s] for s in said)

    def name(self, entity: str | None) -> int:
        return 0 if entity is None else self._bit[entity]

    def page(self, page: str) -> int:
        things = (*self._says.get(page, ()), *self._shows.get(page, ()))
        return sum(self._bit[thing] for thing in things)

    def pages(self, pages: Sequence[str]) -> int:
        held = 0
        for page in pages:
            held |= self.page(page)
        return held


def _asked_for(queries: Sequence[Query]) -> set[str]:
    return {q.name for q in queries if q.name is not None}


def _dispersion(retrieved: Retrieved, bits: _Bits) -> int | None:
    """The fewest pages that together state everything: the same search with every page a move of its own."""
    pages = [Move(0, bits.page(page) & bits.goal, n) for n, page in enumerate(sorted(retrieved.says))]
    found = fewest(pages, bits.goal)
    return None if found is None else found.low


def _blind(retrieved: Retrieved, bits: _Bits) -> tuple[int | None, int | None]:
    """After how many of its retrievals the reference solver holds everything, and first sees the answer's name."""
    held, cost, hit = 0, None, None
    for count, pages in enumerate(retrieved.blind, start=1):
        held |= bits.pages(pages)
        if hit is None and held & bits.name(retrieved.answer):
            hit = count
        if cost is None and not bits.goal & ~held:
            cost = count
    return cost, hit

"""How well a tree hides its evidence, foreseen without a retriever: who is named where, and what that gives away.

The model of a search: it brings the pages of the entities that its query names, and of the tree's other entities whose
page names two of them. A query names what the question names, in the combinations of the query language (design 1.3),
and a variable once a page that is held names it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import log10
from typing import NamedTuple

from hcsp.constraints import (
    Anchored,
    Constraint,
    CountConstraint,
    RelationConstraint,
    ToType,
    child_of,
    constant_of,
    is_edge,
)
from hcsp.routes import Move, fewest, rounds
from hcsp.tree import ResearchTree

TOP = 5
"""Pages that one search brings."""
BUDGET = 2_000
"""Most states that one look ahead visits."""


@dataclass(frozen=True)
class Trail:
    """Where the facts behind constraints stand.

    `states` holds per constraint id and per fact that it rests on the pages that state it; an entity's page has its id.
    """

    states: Mapping[str, tuple[frozenset[str], ...]]


class Outlook(NamedTuple):
    """What the model foresees: the certificate's fields of the same names, 0 where the evidence is out of its reach.

    `given_away` counts the constants that the answer's own page names: two of them in one query find it. `vague` counts
    the clues that name nothing, "born in a city" and "at least two awards": they hide well and say little. `variety`
    counts the relations: a question that tells everything by one of them is a list.
    """

    search_floor: int
    dependency: int
    dispersion: int
    given_away: int
    vague: int
    variety: int


def outlook(tree: ResearchTree, trail: Trail) -> Outlook:
    """The way to the evidence as the model sees it."""
    return Foresight(tree, trail).outlook(tree.clues)


def worth(seen: Outlook, narrowest: int) -> float:
    """What blur maximises: retrievals, chain and pages in sight, the rarest clue's candidates; little given away."""
    hidden = seen.search_floor + seen.dependency + seen.dispersion / 2 - seen.given_away
    return hidden + (seen.variety - seen.vague) / 2 + log10(max(1, narrowest))


def leads(clues: Iterable[Constraint], entity: str, trail: Trail) -> bool:
    """Whether clues bring the page of their entity: one named on a constant's page, or two constants on its own."""
    told = 0
    for clue in clues:
        constant = None if isinstance(clue, Anchored) else constant_of(clue)
        if constant is None:
            continue
        pages = frozenset[str]().union(*trail.states.get(clue.id, ()))
        if constant.entity in pages:
            return True
        told += entity in pages
    return told > 1


class _Stated(NamedTuple):
    """One constraint in bits: the facts that it rests on, those of them on each page, and the names told with them."""

    facts: int
    pages: Mapping[str, int]
    names: int


class Foresight:
    """The model over one skeleton, whatever its clues are; what a constraint means to it is worked out once."""

    def __init__(self, tree: ResearchTree, trail: Trail) -> None:
        self._tree, self._trail = tree, trail
        self._bits: dict[object, int] = {}
        self._hidden = sum(map(self._bit, tree.entities.values()))
        self._known: dict[str, _Stated] = {}

    def outlook(self, clues: Sequence[Constraint]) -> Outlook:
        """What the model foresees of the tree with these clues in place of its own; ids tell them apart."""
        constants = {c.id: constant.entity for c in clues if (constant := constant_of(c))}
        people = (*sorted(set(constants.values())), *self._tree.entities.values())
        goal, pages, names = self._pages(people, clues)
        moves = self._moves(self._queries(clues, constants, people), pages, names)
        floor, chain = fewest(moves, goal, budget=BUDGET), rounds(moves, goal)
        spread = fewest([Move(0, bits, n) for n, bits in enumerate(pages.values())], goal, budget=BUDGET)
        told = names[self._tree.entities[self._tree.root]] & sum(map(self._bit, set(constants.values())))
        vague = sum(map(is_vague, clues))
        low = [found.low if found else 0 for found in (floor, spread)]
        variety = len({getattr(c, "relation", None) for c in (*self._tree.edges, *clues)})
        return Outlook(low[0], chain or 0, low[1], told.bit_count(), vague, variety)

    def _pages(self, people: Iterable[str], clues: Sequence[Constraint]) -> tuple[int, dict[str, int], dict[str, int]]:
        """All facts, and per page of an entity which of them it states and whom it names."""
        goal, pages, names = 0, dict.fromkeys(people, 0), {e: self._bit(e) for e in people}
        for stated in map(self._stated, (*self._tree.edges, *clues)):
            goal |= stated.facts
            for page in stated.pages.keys() & pages.keys():
                pages[page] |= stated.pages[page]
                names[page] |= stated.names
        return goal, pages, names

    def _bit(self, thing: object) -> int:
        return self._bits.setdefault(thing, 1 << len(self._bits))

    def _stated(self, constraint: Constraint) -> _Stated:
        if constraint.id not in self._known:
            pages: dict[str, int] = {}
            needs = self._trail.states.get(constraint.id, ())
            facts = [self._bit((constraint.id, n)) for n in range(len(needs))]
            for bit, stating in zip(facts, needs, strict=True):
                for page in stating:
                    pages[page] = pages.get(page, 0) | bit
            names = sum(map(self._bit, set(_ends(constraint, self._tree))))
            self._known[constraint.id] = _Stated(sum(facts), pages, names)
        return self._known[constraint.id]

    def _queries(
        self, clues: Sequence[Constraint], constants: Mapping[str, str], people: Sequence[str]
    ) -> Iterable[Sequence[str]]:
        """Names that one query holds; only the first may be a variable's, and has to be seen before."""
        told = list(dict.fromkeys(constants.values()))
        yield from combinations(told, 2)
        for vertex in self._tree.entities:
            if own := [constants[c.id] for c in clues if c.vertex == vertex and c.id in constants]:
                yield own
        if told:
            yield told
        yield from ((name,) for name in people)
        yield from product(self._tree.entities.values(), told)

    def _moves(
        self, queries: Iterable[Sequence[str]], pages: Mapping[str, int], names: Mapping[str, int]
    ) -> list[Move]:
        held = {e: bits | names[e] & self._hidden for e, bits in pages.items()}
        found: dict[tuple[int, int], Move] = {}
        for query in queries:
            needs, brings = self._bit(query[0]) & self._hidden, 0
            for page in self._result(query, names):
                brings |= held[page]
            found.setdefault((needs, brings), Move(needs, brings, len(found)))
        return list(found.values())

    def _result(self, query: Sequence[str], names: Mapping[str, int]) -> Sequence[str]:
        if len(query) == 1:
            return query
        asked = sum(map(self._bit, set(query)))
        near = [e for e, told in names.items() if e not in query and (told & asked).bit_count() > 1]
        return list(dict.fromkeys((*query, *near)))[:TOP]


def is_vague(clue: Constraint) -> bool:
    """Whether a clue names nothing: "born in a city", "at least two awards"."""
    return isinstance(clue, CountConstraint) or (
        isinstance(clue, RelationConstraint) and isinstance(clue.target, ToType)
    )


def _ends(constraint: Constraint, tree: ResearchTree) -> Iterable[str]:
    """Who is named with the facts of a constraint; of two that are held against each other neither page names both."""
    if isinstance(constraint, Anchored):
        return
    yield tree.entities[constraint.vertex]
    if is_edge(constraint):
        yield tree.entities[child_of(constraint)]
    elif constant := constant_of(constraint):
        yield constant.entity

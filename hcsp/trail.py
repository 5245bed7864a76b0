"""How well a tree hides its evidence, foreseen without a retriever: who is named where, and what that gives away.

The model of a search: it brings the pages of the entities that its query names, and of the tree's other entities whose
page names two of them. A query names what the question names, in the combinations of the query language (design 1.3),
and a variable once a page that is held names it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log10
from typing import NamedTuple

from hcsp.constraints import (
    Constraint,
    CountConstraint,
    RelationConstraint,
    ToType,
    TypeConstraint,
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
    the clues that name nothing, "born in a city" and "at least two awards": they hide well and say little.
    """

    search_floor: int
    dependency: int
    dispersion: int
    given_away: int
    vague: int


def outlook(tree: ResearchTree, trail: Trail) -> Outlook:
    """The way to the evidence as the model sees it."""
    return _Model(tree, trail).outlook()


def worth(seen: Outlook, narrowest: int) -> float:
    """What blur maximises: retrievals, chain and pages in sight, the rarest clue's candidates; little given away."""
    hidden = seen.search_floor + seen.dependency + seen.dispersion / 2 - seen.given_away
    return hidden - seen.vague / 2 + log10(max(1, narrowest))


class _Model:
    def __init__(self, tree: ResearchTree, trail: Trail) -> None:
        self._tree = tree
        self._asserting = [c for c in tree.constraints if not isinstance(c, TypeConstraint)]
        self._states = {c.id: trail.states.get(c.id, ()) for c in self._asserting}
        self._people = (*sorted(tree.constants), *tree.entities.values())
        self._names = self._named_on_pages()
        said = [(c, n) for c, needs in self._states.items() for n in range(len(needs))]
        self._bit = {thing: 1 << n for n, thing in enumerate([*said, *tree.entities.values()])}
        self._goal = (1 << len(said)) - 1
        self._page = {entity: self._holds(entity) for entity in self._people}

    def outlook(self) -> Outlook:
        moves = self._moves()
        chain, floor = rounds(moves, self._goal), fewest(moves, self._goal, budget=BUDGET)
        pages = [Move(0, bits & self._goal, n) for n, bits in enumerate(self._page.values())]
        spread = fewest(pages, self._goal, budget=BUDGET)
        given_away = len(self._names[self._tree.entities[self._tree.root]] & self._tree.constants)
        vague = sum(_is_vague(clue) for clue in self._tree.clues)
        return Outlook(floor.low if floor else 0, chain or 0, spread.low if spread else 0, given_away, vague)

    def _named_on_pages(self) -> dict[str, set[str]]:
        """Per page of an entity the entities that it names: whom a fact that stands there is about."""
        names: dict[str, set[str]] = {entity: {entity} for entity in self._people}
        for constraint in self._asserting:
            ends = set(_ends(constraint, self._tree))
            for page in {page for pages in self._states[constraint.id] for page in pages}:
                names.setdefault(page, set()).update(ends)
        return names

    def _holds(self, page: str) -> int:
        stated = sum(
            self._bit[c, n] for c, needs in self._states.items() for n, pages in enumerate(needs) if page in pages
        )
        return stated | sum(self._bit.get(entity, 0) for entity in self._names[page])

    def _moves(self) -> list[Move]:
        found: dict[tuple[int, int], Move] = {}
        for name, others in self._queries():
            needs = self._bit.get(name, 0)
            brings = 0
            for page in self._result((name, *others)):
                brings |= self._page[page]
            found.setdefault((needs, brings), Move(needs, brings, len(found)))
        return list(found.values())

    def _queries(self) -> Iterable[tuple[str, Sequence[str]]]:
        """Names that one query holds; only the first may be a variable's, and has to be seen before."""
        constants = {c.id: constant.entity for c in self._asserting if (constant := constant_of(c))}
        told = list(dict.fromkeys(constants.values()))
        every: list[tuple[str, Sequence[str]]] = [(a, (b,)) for a, b in combinations(told, 2)]
        for vertex in self._tree.entities:
            own = [constants[c.id] for c in self._tree.clues_of(vertex) if c.id in constants]
            every += [(own[0], own[1:])] if own else []
        every += [(told[0], told[1:])] if told else []
        return [*every, *((name, ()) for name in self._people), *((n, (k,)) for n in self._people for k in told)]

    def _result(self, query: Sequence[str]) -> list[str]:
        asked = set(query)
        near = [e for e in self._people if e not in asked and len(self._names[e] & asked) > 1]
        return list(dict.fromkeys((*query, *near)))[:TOP]


def _is_vague(clue: Constraint) -> bool:
    return isinstance(clue, CountConstraint) or (
        isinstance(clue, RelationConstraint) and isinstance(clue.target, ToType)
    )


def _ends(constraint: Constraint, tree: ResearchTree) -> Iterable[str]:
    yield tree.entities[constraint.vertex]
    if is_edge(constraint):
        yield tree.entities[child_of(constraint)]
    elif constant := constant_of(constraint):
        yield constant.entity

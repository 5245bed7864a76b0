"""A world of any size, generated: people, places, institutions and works, with pages that state every fact."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worlds.model import Entity, Fact, Page, Relation, Rendered, Statement
from worlds.relations import known_relations

TOLD = 5
"""Entities that one page tells of: its own, and four that it stands for."""
SYLLABLES = [f"{a}{b}" for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ai", "ou")]
WORDS = [f"{a}{b}".title() for a in SYLLABLES for b in SYLLABLES]


class Kind(NamedTuple):
    """A kind of entity: its type, its share of all entities, and per fact the relation and the kind that it leads to.

    `skew` makes the first of a kind more frequent than the last: 1 is even, 3 gives the first tenth almost half.
    """

    type: str
    share: float
    facts: Sequence[tuple[str, str, float]]


KINDS = (
    Kind("country", 0.0002, [("P47", "country", 1)] * 4 + [("P36", "city", 1), ("P37", "language", 2)]),
    Kind("language", 0.0002, [("P17", "country", 1)]),
    Kind("profession", 0.0001, []),
    Kind("award", 0.001, [("P17", "country", 2)]),
    Kind("city", 0.01, [("P17", "country", 2), *[("P47", "city", 1)] * 3, ("P131", "region", 1), ("P571", "year", 1)]),
    Kind("region", 0.001, [("P131", "country", 1), ("P17", "country", 1)]),
    Kind("university", 0.005, [("P131", "city", 2), ("P17", "country", 2), ("P571", "year", 1), ("P112", "human", 2)]),
    Kind("book", 0.1825, [("P50", "human", 1.5)] + [("P921", "city", 2)] * 8 + [("P577", "year", 1)]),
    Kind(
        "human",
        0.8,
        [
            *[("P19", "city", 1.5), ("P20", "city", 1.5), ("P27", "country", 2), ("P106", "profession", 3)],
            *[("P69", "university", 2), ("P108", "university", 1.5), ("P184", "human", 1), ("P166", "award", 2)],
            *[("P569", "year", 1), ("P1412", "language", 2)],
        ],
    ),
)
FIRST_YEAR, YEARS = 1500, 500
SCATTER = 40_014_001
"""Has no divisor in common with the number of names."""


class Generated:
    """`worlds.model.WorldInput` of about `size` entities and ten times as many facts, and its pages."""

    def __init__(self, size: int, seed: int) -> None:
        self.name, self.size = f"generated-{size}", 0
        self.relations: list[Relation] = [known_relations()[r] for r in sorted({r for k in KINDS for r, *_ in k.facts})]
        self._at: dict[str, range] = {}
        for kind in KINDS:
            self._at[kind.type] = range(self.size, self.size + max(3, round(kind.share * size)))
            self.size = self._at[kind.type].stop
        rng = np.random.default_rng(seed)
        self._targets = {kind.type: self._drawn(kind, rng) for kind in KINDS}

    def _drawn(self, kind: Kind, rng: np.random.Generator) -> NDArray[np.int32]:
        """Per entity of a kind the object of each of its facts, a number or a year."""
        count = len(self._at[kind.type])
        columns = [np.zeros(0, dtype=np.int32)]
        for _, goal, skew in kind.facts:
            goals = range(FIRST_YEAR, FIRST_YEAR + YEARS) if goal == "year" else self._at[goal]
            drawn = goals.start + (len(goals) * rng.random(count, dtype=np.float32) ** skew).astype(np.int32)
            columns.append(np.minimum(drawn, goals.stop - 1).astype(np.int32))
        return np.stack(columns[1:], axis=1) if len(columns) > 1 else np.zeros((count, 0), dtype=np.int32)

    @property
    def entities(self) -> Iterator[Entity]:
        """Every entity, in order of ids."""
        for kind in KINDS:
            for number in self._at[kind.type]:
                yield Entity(id=identifier(number), label=label(number), types=(kind.type,))

    @property
    def facts(self) -> Iterator[Fact]:
        """Every fact; some come twice."""
        for kind in KINDS:
            for number in self._at[kind.type]:
                yield from self._facts(kind, number)

    def pages(self) -> Iterator[Rendered]:
        """A page for every fifth entity, which tells of the next four as well."""
        told: list[tuple[int, list[Fact]]] = []
        for kind, number in ((k, n) for k in KINDS for n in self._at[k.type]):
            told.append((number, self._facts(kind, number)))
            if len(told) == TOLD or number == self.size - 1:
                yield _page(told)
                told = []

    def _facts(self, kind: Kind, number: int) -> list[Fact]:
        subject, row = identifier(number), self._targets[kind.type][number - self._at[kind.type].start]
        return [
            Fact(subject, relation, str(to), "time") if goal == "year" else Fact(subject, relation, identifier(to))
            for (relation, goal, _), to in zip(kind.facts, row.tolist(), strict=True)
        ]


def identifier(number: int) -> str:
    """The id of an entity; ids sort as numbers do."""
    return f"e{number:08}"


def label(number: int) -> str:
    """A name that no other entity has: two words of two syllables, scattered so that neighbours share none."""
    first, last = divmod(number * SCATTER % len(WORDS) ** 2, len(WORDS))
    return f"{WORDS[first]} {WORDS[last]}"


def _page(told: Sequence[tuple[int, list[Fact]]]) -> Rendered:
    """One sentence a fact, an object by its name."""
    page, parts, start = identifier(told[0][0]), list[str](), 0
    statements: list[Statement] = []
    for number, facts in told:
        mine = label(number)
        for fact in facts:
            value = fact.object if fact.kind == "time" else label(int(fact.object[1:]))
            sentence = f"{mine} {_VERBS[fact.relation]} {value}."
            statements.append(Statement(fact, page, start, start + len(sentence)))
            parts.append(sentence)
            start += len(sentence) + 1
    return Rendered(Page(id=page, title=label(told[0][0]), url="", text=" ".join(parts)), tuple(statements))


_VERBS = {r.id: r.label for r in known_relations().values()}

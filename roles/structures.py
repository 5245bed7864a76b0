"""A tree as a reader of its question finds it: without the names of its variables, and in one fixed form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations, product
from typing import NamedTuple

from prompts.phrases import Way

TURNED: Mapping[Way, Way] = {"out": "in", "in": "out", "more": "less", "less": "more", "same": "same"}
"""How a relation is told from its other end."""


@dataclass(frozen=True, order=True)
class Clue:
    """A clue as a reader sees it: `value` is a label, a type, a number, a property, or a range in a normal form.

    A chord is a clue of either end, and `value` the number that the two ends share.
    """

    relation: str
    way: str
    value: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Structure:
    """A tree without the names of its variables; clues and children in a fixed order."""

    type: str
    clues: tuple[Clue, ...]
    children: "tuple[tuple[str, str, Structure], ...]"


class Link(NamedTuple):
    """A relation between two variables, as it is told of the first."""

    relation: str
    way: Way
    first: int
    second: int


@dataclass(frozen=True)
class Graph:
    """Variables by number with their types and clues, the edges that make a tree of them, and chords."""

    types: Sequence[str]
    clues: Sequence[Sequence[Clue]]
    edges: Sequence[Link]
    chords: Sequence[Link]

    @property
    def is_tree(self) -> bool:
        """Whether the edges tie all variables together without a cycle."""
        ends: dict[int, set[int]] = {n: {n} for n in range(len(self.types))}
        for _, _, first, second in self.edges:
            joined = ends[first] | ends[second]
            ends.update(dict.fromkeys(joined, joined))
        return len(self.edges) == len(self.types) - 1 and len(ends[0]) == len(self.types)

    def structure(self, root: int) -> Structure:
        """The one form that all graphs share which differ in their numbers only."""
        near: dict[int, list[tuple[str, Way, int]]] = {n: [] for n in range(len(self.types))}
        for relation, way, first, second in self.edges:
            near[first].append((relation, way, second))
            near[second].append((relation, TURNED[way], first))
        return min(self._oriented(near, clues, root, None) for clues in self._marked())

    def _marked(self) -> Iterator[list[list[Clue]]]:
        """The clues with the ends of the chords, for every way to number chords that are told alike."""
        alike = [list(group) for _, group in groupby(sorted(map(_forward, self.chords)), key=lambda c: c[:2])]
        for order in product(*(permutations(group) for group in alike)):
            clues = [list(own) for own in self.clues]
            for group in order:
                for number, (relation, way, first, second) in enumerate(group):
                    clues[first].append(Clue(relation, way, ("chord", str(number))))
                    clues[second].append(Clue(relation, TURNED[way], ("chord", str(number))))
            yield clues

    def _oriented(
        self, near: Mapping[int, list[tuple[str, Way, int]]], clues: list[list[Clue]], at: int, parent: int | None
    ) -> Structure:
        own, children = list(clues[at]), []
        for relation, way, other in near[at]:
            if other != parent:
                child = self._oriented(near, clues, other, at)
                if child.clues or child.children:
                    children.append((relation, str(way), child))
                else:  # a variable that nothing is said about asks for no more than its type
                    own.append(any_of(relation, way, child.type))
        return Structure(self.types[at], tuple(sorted(own)), tuple(sorted(children)))


def any_of(relation: str, way: Way, kind: str) -> Clue:
    """A relation towards any member of a type."""
    return Clue(relation, way, ("any", kind))


def _forward(chord: Link) -> Link:
    """A comparison as it is told of its greater end."""
    relation, way, first, second = chord
    return Link(relation, "more", second, first) if way == "less" else chord

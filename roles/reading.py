"""Reading a symbolic question back: which trees can it mean?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product

from hcsp.constraints import RangeConstraint, RelationConstraint, ToEntity, TypeConstraint, child_of
from hcsp.tree import ResearchTree
from prompts.phrases import Direction, phrase_book
from roles import english
from roles.grammar import direction_of
from roles.lexicon import Lexicon, Vocabulary
from roles.parsing import Parser
from roles.told import Fact, Name, Range, Reference, Told

_TURNED: Mapping[Direction, Direction] = {"out": "in", "in": "out", "range": "range"}


@dataclass(frozen=True, order=True)
class Clue:
    """A clue as a reader sees it: `value` is a label, or a range in a normal form."""

    relation: str
    direction: str
    value: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Structure:
    """A tree without the names of its variables; clues and children in a fixed order."""

    type: str
    clues: tuple[Clue, ...]
    children: "tuple[tuple[str, str, Structure], ...]"


def readings(question: str, vocabulary: Vocabulary) -> frozenset[Structure]:
    """Every tree that the question can be read as; more than one means that its wording is ambiguous."""
    found: set[Structure] = set()
    for sentences in set(Parser(question, Lexicon(vocabulary)).sentences()):
        found.update(_resolved(sentences))
    return frozenset(found)


def reads_as(question: str, tree: ResearchTree, vocabulary: Vocabulary) -> bool:
    """Whether the question has exactly one reading, and it is the tree."""
    return readings(question, vocabulary) == {structure(tree)}


def structure(tree: ResearchTree, vertex: str | None = None) -> Structure:
    """What a reader of the tree's question should find, at and below `vertex` (default: the root)."""
    vertex = vertex or tree.root
    clues = tuple(sorted(_clue(c) for c in tree.clues_of(vertex) if not isinstance(c, TypeConstraint)))
    children = sorted(
        (e.relation, phrase_book().direction(e.relation, e.direction), structure(tree, child_of(e)))
        for e in tree.edges_of(vertex)
    )
    return Structure(tree.noun(vertex).type, clues, tuple(children))


def _clue(c: RelationConstraint | RangeConstraint) -> Clue:
    if isinstance(c, RangeConstraint):
        return Clue(c.relation, "range", _normal(c.low, c.high, english.unit_name(c.unit)))
    assert isinstance(c.target, ToEntity)
    return Clue(c.relation, phrase_book().direction(c.relation, direction_of(c)), (c.target.label,))


def _normal(low: str, high: str, unit: str) -> tuple[str, ...]:
    try:
        bounds = (str(Decimal(low).normalize()), str(Decimal(high).normalize()))
    except InvalidOperation:
        bounds = (low, high)
    return (*bounds, unit)


@dataclass(frozen=True)
class _Link:
    holder: int
    relation: str
    direction: Direction
    target: int | Reference


class _Discourse:
    """The variables of a text in the order in which they are introduced, and what is said of each."""

    def __init__(self, sentences: tuple[Told, ...]) -> None:
        self.told: list[Told] = []
        self.clues: list[list[Clue]] = []
        self.links: list[_Link] = []
        self.subjects: list[int] = []
        for sentence in sentences:
            self.subjects.append(len(self.told))
            self._introduce(sentence)

    def _introduce(self, told: Told) -> int:
        number = len(self.told)
        self.told.append(told)
        self.clues.append([])
        for fact in told.facts:
            self._take(number, fact)
        return number

    def _take(self, number: int, fact: Fact) -> None:
        direction = phrase_book().direction(fact.relation, fact.direction)
        match fact.target:
            case Name(label):
                self.clues[number].append(Clue(fact.relation, direction, (label,)))
            case Range(low, high, unit):
                self.clues[number].append(Clue(fact.relation, "range", _normal(low, high, unit)))
            case Reference():
                self.links.append(_Link(number, fact.relation, direction, fact.target))
            case Told():
                self.links.append(_Link(number, fact.relation, direction, self._introduce(fact.target)))

    def candidates(self, link: _Link) -> list[int]:
        """The variables that the far end of a link can mean."""
        if not isinstance(link.target, Reference):
            return [link.target]
        if link.target.nth:
            named = [n for n in self.subjects[:-1] if self.told[n].word == link.target.word]
            return named[link.target.nth - 1 : link.target.nth]
        return [n for n in range(link.holder) if self.told[n].word == link.target.word]


def _resolved(sentences: tuple[Told, ...]) -> Iterator[Structure]:
    discourse = _Discourse(sentences)
    root = discourse.subjects[-1]
    for ends in product(*(discourse.candidates(link) for link in discourse.links)):
        near: dict[int, list[tuple[str, Direction, int]]] = {n: [] for n in range(len(discourse.told))}
        for link, end in zip(discourse.links, ends, strict=True):
            near[link.holder].append((link.relation, link.direction, end))
            turned = phrase_book().direction(link.relation, _TURNED[link.direction])
            near[end].append((link.relation, turned, link.holder))
        if len(discourse.links) == len(discourse.told) - 1 and _reached(near, root) == len(near):
            yield _oriented(discourse, near, root, None)


def _reached(near: Mapping[int, list[tuple[str, Direction, int]]], root: int) -> int:
    seen, todo = {root}, [root]
    while todo:
        for _, _, other in near[todo.pop()]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return len(seen)


def _oriented(
    discourse: _Discourse, near: Mapping[int, list[tuple[str, Direction, int]]], at: int, parent: int | None
) -> Structure:
    children = sorted((r, d, _oriented(discourse, near, n, at)) for r, d, n in near[at] if n != parent)
    return Structure(discourse.told[at].sense.type, tuple(sorted(discourse.clues[at])), tuple(children))

"""Reading a symbolic question back: which trees can it mean?"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import product

from hcsp.constraints import (
    Asserting,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    TypeConstraint,
    constant_of,
)
from hcsp.tree import ResearchTree
from prompts.phrases import phrase_book
from roles import english
from roles.lexicon import Lexicon, Vocabulary
from roles.parsing import Parser
from roles.structures import Clue, Graph, Link, Structure, any_of
from roles.told import Fact, Kind, Name, Number, Quality, Range, Reference, Told
from roles.ways import far_type, far_vertex, way_of

CHORDS = ("more", "less", "same")
"""The ways of telling a relation that never lead from a variable to one below it."""


def readings(question: str, vocabulary: Vocabulary) -> frozenset[Structure]:
    """Every tree that the question can be read as; more than one means that its wording is ambiguous."""
    found: set[Structure] = set()
    for sentences in set(Parser(question, Lexicon(vocabulary)).sentences()):
        found.update(_Discourse(sentences).structures())
    return frozenset(found)


def reads_as(question: str, tree: ResearchTree, vocabulary: Vocabulary) -> bool:
    """Whether the question has exactly one reading, and it is the tree."""
    return readings(question, vocabulary) == {structure(tree)}


def structure(tree: ResearchTree, vertex: str | None = None) -> Structure:
    """What a reader of the tree's question should find, at and below `vertex` (default: the root)."""
    if vertex is not None:
        tree = tree.subtree(vertex)
    numbers = {v.id: n for n, v in enumerate(tree.variables)}
    clues: list[list[Clue]] = [[] for _ in numbers]
    links: list[Link] = []
    for c in tree.constraints:
        if isinstance(c, TypeConstraint):
            continue
        if (far := far_vertex(c)) is not None:
            way = phrase_book().way(c.relation, way_of(c))
            links.append(Link(c.relation, way, numbers[c.vertex], numbers[far]))
        else:
            clues[numbers[c.vertex]].append(_clue(c))
    return _graph([tree.noun(v).type for v in numbers], clues, links).structure(numbers[tree.root])


def _graph(types: list[str], clues: list[list[Clue]], links: list[Link]) -> Graph:
    edges = [link for link in links if link.way not in CHORDS]
    return Graph(types, clues, edges, [link for link in links if link.way in CHORDS])


def _clue(c: Asserting) -> Clue:
    way = phrase_book().way(c.relation, way_of(c))
    if isinstance(c, RangeConstraint):
        return Clue(c.relation, way, _normal(c.low, c.high, english.unit_name(c.unit)))
    if isinstance(c, CountConstraint):
        return Clue(c.relation, way, (str(c.low), str(c.high)))
    if isinstance(c, PredicateConstraint):
        return Clue(c.relation, way, (c.predicate, *map(str, c.args)))
    constant, far = constant_of(c), far_type(c)
    if far is not None:
        return any_of(c.relation, way, far)
    assert constant is not None
    return Clue(c.relation, way, (constant.label,))


def _normal(low: str, high: str, unit: str) -> tuple[str, ...]:
    try:
        bounds = (str(Decimal(low).normalize()), str(Decimal(high).normalize()))
    except InvalidOperation:
        bounds = (low, high)
    return (*bounds, unit)


class _Discourse:
    """The variables of a text in the order in which they are introduced, and what is said of each."""

    def __init__(self, sentences: tuple[Told, ...]) -> None:
        self.told: list[Told] = []
        self.clues: list[list[Clue]] = []
        self.links: list[tuple[Link, Reference | None]] = []
        self.subjects: list[int] = []
        for sentence in sentences:
            self.subjects.append(len(self.told))
            self._introduce(sentence)

    def structures(self) -> Iterator[Structure]:
        """Every tree that the text can mean, whatever its references may refer to."""
        types = [told.sense.type for told in self.told]
        for links in product(*(list(self._candidates(link, reference)) for link, reference in self.links)):
            graph = _graph(types, self.clues, list(links))
            if graph.is_tree:
                yield graph.structure(self.subjects[-1])

    def _introduce(self, told: Told) -> int:
        number = len(self.told)
        self.told.append(told)
        self.clues.append([])
        for fact in told.facts:
            self._take(number, fact)
        return number

    def _take(self, number: int, fact: Fact) -> None:
        way = phrase_book().way(fact.relation, fact.way)
        match fact.target:
            case Reference():
                self.links.append((Link(fact.relation, way, number, number), fact.target))
            case Told():
                self.links.append((Link(fact.relation, way, number, self._introduce(fact.target)), None))
            case Kind(kind):
                self.clues[number].append(any_of(fact.relation, way, kind))
            case Name(label):
                self.clues[number].append(Clue(fact.relation, way, (label,)))
            case Range(low, high, unit):
                self.clues[number].append(Clue(fact.relation, way, _normal(low, high, unit)))
            case Number(fewest, most):
                self.clues[number].append(Clue(fact.relation, way, (str(fewest), str(most))))
            case Quality(predicate, args):
                self.clues[number].append(Clue(fact.relation, way, (predicate, *args)))

    def _candidates(self, link: Link, reference: Reference | None) -> Iterator[Link]:
        """The links that are meant, one for every variable that the reference can refer to."""
        if reference is None:
            yield link
        elif reference.nth:
            named = [n for n in self.subjects[:-1] if self.told[n].word == reference.word]
            yield from (link._replace(second=n) for n in named[reference.nth - 1 : reference.nth])
        else:
            words = [told.word for told in self.told[: link.first]]
            named = [n for n, word in enumerate(words) if word == reference.word]
            loosely = (n for n, word in enumerate(words) if english.called(word) == reference.word)
            yield from (link._replace(second=n) for n in named or loosely)

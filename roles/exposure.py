"""What a question spells out, and so hands to a search engine: names, years, other numbers, quotations (design 1.4)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from hcsp.constraints import Constraint, CountConstraint, PredicateConstraint, RangeConstraint, constant_of
from hcsp.frozen import Frozen
from hcsp.names import words
from hcsp.tree import ResearchTree
from roles.leakage import names_of
from worlds.model import Entity

Kind = Literal["name", "year", "number", "quotation"]

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<!\w)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\d)")
_YEAR = re.compile(r"\d{3,4}(?:s\b|(?![\w,.]*\d))|\d{1,2}(?:st|nd|rd|th) century\b|\d+ BC\b")
_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”')


class Exposed(Frozen):
    """Something that the question spells out, and the clue that it is a constant of; `None` when it is of no clue."""

    kind: Kind
    text: str
    clue: str | None = None


class _Span(NamedTuple):
    start: int
    end: int
    found: Exposed


def exposed(
    question: str, tree: ResearchTree, surfaces: Mapping[str, str], constants: Mapping[str, Entity]
) -> tuple[Exposed, ...]:
    """All of it in the order of the question.

    `surfaces` words each constraint: a capital that stands there outside a constant belongs to the phrase.
    `constants` holds the entities that the clues name.
    """
    spoken = _Spoken(question)
    named = list(_constants(spoken, tree, constants))
    numbers = [s for s in _numbers(question, tree) if not _within(s, named)]
    quoted = [_quotation(m, named) for m in _QUOTED.finditer(question)]
    phrases = _capitals(tree, surfaces, constants)
    strange = [s for s in _strange(spoken, phrases) if not _overlaps(s, [*named, *numbers])]
    return tuple(s.found for s in sorted([*named, *numbers, *quoted, *strange], key=lambda s: (s.start, s.end)))


class _Spoken:
    """A text as words in the form in which names are compared, each with its place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [(word, m.span()) for m in _WORD.finditer(text) for word in words(m.group())]

    def find(self, name: str) -> Iterator[tuple[int, int]]:
        """The places where a name stands."""
        wanted = list(words(name))
        for n in range(len(self.words) - len(wanted) + 1 if wanted else 0):
            if [word for word, _ in self.words[n : n + len(wanted)]] == wanted:
                yield self.words[n][1][0], self.words[n + len(wanted) - 1][1][1]


def _constants(spoken: _Spoken, tree: ResearchTree, constants: Mapping[str, Entity]) -> Iterator[_Span]:
    """The names of constants, the longest first; what stands within another is not told again."""
    names = [
        (name, c.id)
        for c in tree.clues
        if (constant := constant_of(c)) is not None
        for name in dict.fromkeys((constant.label, *names_of(constants[constant.entity])))
    ]
    taken: list[_Span] = []
    for name, clue in sorted(names, key=lambda n: -len(words(n[0]))):
        for start, end in spoken.find(name):
            span = _Span(start, end, Exposed(kind="name", text=spoken.text[start:end], clue=clue))
            if not _overlaps(span, taken):
                taken.append(span)
                yield span


def _numbers(question: str, tree: ResearchTree) -> Iterator[_Span]:
    clues = {number: c.id for c in reversed(tree.clues) for number in _numbers_of(c)}
    for match in _NUMBER.finditer(question):
        kind: Kind = "year" if _YEAR.match(question, match.start()) else "number"
        known = clues.get(abs(Decimal(match.group().replace(",", ""))))
        yield _Span(*match.span(), Exposed(kind=kind, text=match.group(), clue=known))


def _numbers_of(clue: Constraint) -> Iterator[Decimal]:
    """The numbers that a clue's wording may hold; a span of years may be told as a decade or a century."""
    stated: tuple[object, ...] = ()
    if isinstance(clue, RangeConstraint | CountConstraint):
        stated = (clue.low, clue.high)
    elif isinstance(clue, PredicateConstraint):
        stated = clue.args
    for value in stated:
        try:
            number = abs(Decimal(str(value)))
        except InvalidOperation:
            continue
        yield number
        if isinstance(clue, RangeConstraint) and number % 100 == 0:
            yield number / 100
        if isinstance(clue, RangeConstraint) and number % 10 == 9:
            yield number - 9  # the second of two decades: "in the 1880s or 1890s"


def _quotation(match: re.Match[str], named: Iterable[_Span]) -> _Span:
    inside = next((s.found.clue for s in named if s.start < match.end() and match.start() < s.end), None)
    return _Span(*match.span(), Exposed(kind="quotation", text=match.group(1) or match.group(2), clue=inside))


def _strange(spoken: _Spoken, phrases: frozenset[str]) -> Iterator[_Span]:
    """Runs of capitalised words, not first in a sentence, that no phrase accounts for."""
    run: list[tuple[int, int]] = []
    text = spoken.text
    for word, (start, end) in [*spoken.words, ("", (len(text), len(text)))]:
        capital = text[start:end][:1].isupper() and word not in phrases and not _opens(text, start)
        if capital and (not run or not text[run[-1][1] : start].strip()):
            run.append((start, end))
            continue
        if run:
            yield _run(text, run)
        run = [(start, end)] if capital else []


def _run(text: str, run: list[tuple[int, int]]) -> _Span:
    start, end = run[0][0], run[-1][1]
    return _Span(start, end, Exposed(kind="name", text=text[start:end]))


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here."""
    return text[:start].rstrip()[-1:] in ("", ".", "?", "!")


def _capitals(tree: ResearchTree, surfaces: Mapping[str, str], constants: Mapping[str, Entity]) -> frozenset[str]:
    """The capitalised words of the phrases themselves."""
    found: set[str] = set()
    for constraint in tree.constraints:
        spoken = _Spoken(surfaces[constraint.id])
        named = list(_constants(spoken, tree, constants))
        found |= {w for w, (start, end) in spoken.words if not any(s.start <= start < s.end for s in named)}
    return frozenset(found)


def _within(span: _Span, others: Iterable[_Span]) -> bool:
    return any(o.start <= span.start and span.end <= o.end for o in others)


def _overlaps(span: _Span, others: Iterable[_Span]) -> bool:
    return any(o.start < span.end and span.start < o.end for o in others)

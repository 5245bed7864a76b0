"""What a parsed question says: variables where they are introduced, and what is told of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from prompts.phrases import Way, phrase_book
from roles.lexicon import Sense

_YEAR = r"(?:AD )?(\d+)( BC)?"
_SPANS = (
    (re.compile(rf"between {_YEAR} and {_YEAR}(?![\w,]\d)"), "between"),
    (re.compile(r"in the (\d+)s\b"), "decade"),
    (re.compile(r"in the (\d+)s or (\d+)s\b"), "decades"),
    (re.compile(r"in the (\d+)(?:st|nd|rd|th) century\b"), "century"),
    (re.compile(rf"in {_YEAR}(?!\w)"), "year"),
)
_NUMBER = r"(-?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_AMOUNT = re.compile(rf"(?:of {_NUMBER}|between {_NUMBER} and {_NUMBER})")


@dataclass(frozen=True)
class Name:
    """A constant."""

    label: str


@dataclass(frozen=True)
class Range:
    """A span of years or of a quantity, the unit in words."""

    low: str
    high: str
    unit: str = ""


@dataclass(frozen=True)
class Kind:
    """Any member of a type: "a city" of which nothing more is said."""

    type: str


@dataclass(frozen=True)
class Number:
    """How many facts there are, at least and at most."""

    low: int
    high: int | None = None


@dataclass(frozen=True)
class Quality:
    """A property of a literal, with its argument if it has one."""

    predicate: str
    args: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """A variable told earlier: "this film" (`nth` 0) or "the second film" (`nth` 2)."""

    word: str
    nth: int


@dataclass(frozen=True)
class Told:
    """A variable where it is introduced: the word for it, what that means, and what is said of it."""

    word: str
    sense: Sense
    facts: "tuple[Fact, ...]"


Target = Name | Kind | Range | Number | Quality | Reference | Told


@dataclass(frozen=True)
class Fact:
    """A relation told of the variable that holds it."""

    relation: str
    way: Way
    target: Target


Facts = tuple[Fact, ...]


def spans(text: str, at: int) -> Iterator[tuple[int, Range]]:
    """The spans of years that stand at `at`: where each ends, and its bounds."""
    for pattern, kind in _SPANS:
        if match := pattern.match(text, at):
            years = [int(g) for g in match.groups() if g and g.strip().isdigit()]
            yield match.end(), _years(kind, match, years)


def _years(kind: str, match: re.Match[str], years: list[int]) -> Range:
    if kind == "decade":
        return Range(str(years[0]), str(years[0] + 9))
    if kind == "decades":
        return Range(str(years[0]), str(years[1] + 9))
    if kind == "century":
        return Range(str(years[0] * 100 - 99), str(years[0] * 100))
    signed = [-y if match.group(2 * n + 2) else y for n, y in enumerate(years)]
    return Range(str(signed[0]), str(signed[-1]))


def amounts(text: str, at: int) -> Iterator[tuple[int, Range]]:
    """The quantities that stand at `at`, without their unit: where each ends, and its bounds."""
    if match := _AMOUNT.match(text, at):
        numbers = [g.replace(",", "") for g in match.groups() if g]
        yield match.end(), Range(numbers[0], numbers[-1])


def counts(text: str, at: int) -> Iterator[tuple[int, Number]]:
    """The numbers of things that stand at `at`: where each ends, and its bounds."""
    if match := _counts().match(text, at):
        low, high = (_whole(match[name]) if match[name] else None for name in ("low", "high"))
        exactly, fewest = match["exactly"], match["fewest"] or match["more"]
        if fewest:
            yield match.end(), Number(_whole(fewest))
        elif exactly:
            yield match.end(), Number(_whole(exactly), _whole(exactly))
        elif low is not None:
            yield match.end(), Number(low, high)


def qualities(text: str, at: int, slot: str) -> Iterator[tuple[int, Quality]]:
    """The properties that stand at `at` in a slot: where each ends, and its argument."""
    for predicate, pattern in _qualities(slot):
        if match := pattern.match(text, at):
            words = phrase_book().forms["numbers"]
            args = tuple(str(words.index(g) + 1) if g in words else g for g in match.groups())
            yield match.end(), Quality(predicate, args)


def _whole(word: str) -> int:
    words = phrase_book().forms["numbers"]
    return words.index(word) + 1 if word in words else int(word)


@lru_cache(maxsize=1)
def _counts() -> re.Pattern[str]:
    number = "|".join((r"\d+", *phrase_book().forms["numbers"]))
    return re.compile(
        rf"(?:(?:at least|no fewer than) (?P<fewest>{number})|(?P<more>{number}) or more|exactly (?P<exactly>{number})"
        rf"|between (?P<low>{number}) and (?P<high>{number}))\b"
    )


@lru_cache(maxsize=4)
def _qualities(slot: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    forms = phrase_book().predicates[slot].items()
    return tuple((name, re.compile(re.escape(form).replace(r"\{\}", r"(-?\w+)") + r"(?!\w)")) for name, form in forms)

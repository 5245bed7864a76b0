"""Years, spans of years and quantities in the words of a claim."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from hcsp.names import key, words
from prompts.phrases import phrase_book
from worlds.literals import quantity_interval

FAR = Decimal(10) ** 12
"""Where a range ends that is open on one side."""
_HAIR = Decimal("0.000001")
"""How far below "less than n" stays of n, because both bounds of a range are inclusive."""
_NUMBERS = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(\d{3,4})(?![\d,.]\d|\w)"
_MOST, _LEAST = r"no more than|not more than|at most|up to", r"no less than|no fewer than|at least"
_UNDER, _OVER = r"less than|fewer than|under|below", r"more than|over|above"
_NUMBER = r"-?\d+(?:,\d{3})*(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<most>{_MOST})|(?P<least>{_LEAST})|(?P<under>{_UNDER})|(?P<over>{_OVER})|exactly)?\s*"
    rf"(?P<number>{_NUMBER}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?![\w.,]*\d)\s*(?P<unit>[^\W\d_]+)?",
    re.IGNORECASE,
)


class Value(NamedTuple):
    """A value and its place in the text; times in whole years, `unit` as it is written.

    `coarse` when the range is wider than what is said: the year of a day.
    """

    kind: Literal["time", "quantity"]
    low: Decimal
    high: Decimal
    start: int
    end: int
    unit: str = ""
    coarse: bool = False


def values(text: str) -> Iterator[Value]:
    """The values that a text may name, times first; a number can be read as a year and as a quantity."""
    for pattern, read, coarse in _TIMES:
        for match in pattern.finditer(text):
            low, high = read(match)
            if low <= high:
                yield Value("time", Decimal(low), Decimal(high), *match.span(), coarse=coarse)
    for match in _AMOUNT.finditer(text):
        yield from _amount(match)


def units(said: str) -> list[str]:
    """The units that a word may stand for, as a world may write them; none for no word."""
    if not said:
        return []
    known = [unit for unit, names in phrase_book().units.items() if key(said) in {key(unit), *map(key, names)}]
    singular = [said[:-2]] if said.endswith(("ches", "shes", "xes")) else [said[:-1]] if said.endswith("s") else []
    return list(dict.fromkeys([*known, said, *singular]))


def _amount(match: "re.Match[str]") -> Iterator[Value]:
    """With the word that follows as its unit, then without."""
    text = match["number"].replace(",", "")
    number = str(_NUMBERS.index(text.lower()) + 1) if text.lower() in _NUMBERS else text
    exact = quantity_interval(number)
    low, high = exact.low, exact.high
    if match["most"] or match["under"]:
        low, high = -FAR, high - (_HAIR if match["under"] else 0)
    elif match["least"] or match["over"]:
        low, high = low + (_HAIR if match["over"] else 0), FAR
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    if match["unit"]:
        yield Value("quantity", low, high, start, match.end(), match["unit"])
    yield Value("quantity", low, high, start, match.end("number"))


def _span(match: "re.Match[str]") -> tuple[int, int]:
    return int(match[1]), int(match[2])


def _one(match: "re.Match[str]") -> tuple[int, int]:
    return int(match[1]), int(match[1])


def _open(match: "re.Match[str]") -> tuple[int, int]:
    year, far = int(match[2]), int(FAR)
    return (-far, year - 1) if match[1].lower() == "before" else (year + (match[1].lower() == "after"), far)


_Read = Callable[["re.Match[str]"], tuple[int, int]]
_TIMES: tuple[tuple["re.Pattern[str]", _Read, bool], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read, coarse)
    for pattern, read, coarse in (
        (rf"(?:\bin |\bbetween |\bfrom )?(?<![\d,.@-])(\d{{3,4}})\s*(?:and|to|–|-)\s*{_YEAR}", _span, False),
        (r"(?:\bin )?(?:\bthe )?\b(\d{2,3}0)s\b", lambda m: (int(m[1]), int(m[1]) + 9), False),
        (
            r"(?:\bin )?(?:\bthe )?\b(\d{1,2})(?:st|nd|rd|th) century\b",
            lambda m: (100 * int(m[1]) - 99, 100 * int(m[1])),
            False,
        ),
        (rf"(?:\b(?:on|in) )?\b(?:\d{{1,2}} )?{_MONTH},? {_YEAR}", _one, True),
        (rf"(?:\bon )?\b{_MONTH} \d{{1,2}},? {_YEAR}", _one, True),
        (r"(?:\bon )?(?<![\d-])(\d{4})-\d{2}(?:-\d{2})?(?![\d-])", _one, True),
        (rf"\b(before|after|since) {_YEAR}", _open, False),
        (rf"(?:\bin (?:the year )?)?(?<![\d,.@-]){_YEAR}", _one, False),
    )
)

"""Templates inside sentences: what little of them is text. All others are left out with all that they hold."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from worlds.corpus.book import book, words


class Mark(NamedTuple):
    """Where the text of a link begins; it ends at `END`."""

    target: str


Part: TypeAlias = "str | Mark | list[Part]"
Parts: TypeAlias = list[Part]
"""Text in pieces, nested as the markup is, so that no piece is ever copied; a list inside stands for its pieces."""

BEGIN, END = "\x01", "\x02"
"""They stand around the text of a link until its place is counted; neither can occur in XML."""

LONGEST = 200
"""Longer than this is no number and no date."""

_NAMED = re.compile(r"\s*+([^=\[\]{}<>|\n]{0,40}?)\s*+=")
_HOLE = re.compile(r"\{(\d|\*)\}")
_NUMBER = re.compile(r"[+\-−–]?[\d.,/⁄+e]+$")
_BETWEEN = {
    "-": "–",
    "–": "–",
    "to": " to ",
    "to(-)": " to ",
    "and": " and ",
    "or": " or ",
    "by": " by ",
    "x": " × ",
    "×": " × ",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Given(NamedTuple):
    """The parameters of a template: by number from 1, and by name."""

    numbered: dict[int, Parts]
    named: dict[str, Parts]

    def text(self, number: int) -> str:
        """A numbered parameter without markup."""
        return plain(self.numbered.get(number, [])).strip()


def rendered(name: str, parameters: Sequence[Parts]) -> Parts | None:
    """What a template puts into the text, links included; None when it is left out."""
    if pattern := _pattern(name):
        return _filled(pattern, _given(parameters))
    if compute := _computed().get(name):
        given = _given(parameters)
        if sum(map(_length, parameters)) <= LONGEST:
            return [compute(given)]
    return None


def plain(parts: Parts) -> str:
    """The text of pieces, links without their places."""
    return "".join(part if isinstance(part, str) else plain(part) for part in parts if not isinstance(part, Mark))


def _length(parts: Parts) -> int:
    return sum(len(part) if isinstance(part, str) else _length(part) for part in parts if not isinstance(part, Mark))


def _given(parameters: Sequence[Parts]) -> Given:
    given, place = Given({}, {}), 0
    for parts in parameters:
        named = _NAMED.match(parts[0]) if parts and isinstance(parts[0], str) else None
        if named is None:
            place += 1
            given.numbered[place] = parts
        else:
            value: Parts = [str(parts[0])[named.end() :], *parts[1:]]
            number = int(named[1]) if named[1].isdecimal() and len(named[1]) == 1 else 0
            given.numbered.update({number: value} if number else {})
            given.named[named[1]] = value
    if "text" in given.named:
        given.numbered.setdefault(1, given.named["text"])
    return given


@cache
def _pattern(name: str) -> tuple[str, ...]:
    """The text of an inline template, holes at odd places; empty when it is not one."""
    known = book()
    begun = next((text for start, text in known["prefixed"].items() if name.startswith(start)), "")
    pattern = known["templates"].get(name, begun)
    return tuple(_HOLE.split(pattern)) if pattern else ()


def _filled(pattern: Sequence[str], given: Given) -> Parts | None:
    filled: Parts = []
    for n, piece in enumerate(pattern):
        if n % 2 == 0:
            filled.append(piece)
        elif piece == "*":
            filled.extend(given.numbered[k] for k in sorted(given.numbered))
        else:
            filled.append(given.numbered.get(int(piece), []))
    return filled if len(pattern) == 1 or any(given.numbered.values()) else None


@cache
def _computed() -> Mapping[str, Callable[[Given], str]]:
    by_kind = {"measure": _measure, "value": _value, "date": _date}
    return {name: by_kind[kind] for kind in by_kind for name in words("computed", kind)}


def _measure(given: Given) -> str:
    """`5|mi|km` is "5 miles", `5|to|10|km` is "5 to 10 km", `5|ft|8|in` is "5 feet 8 inches"."""
    said = [given.text(n) for n in sorted(given.numbered)]
    text, n = (said[0] if said else ""), 1
    while n + 1 < len(said) and said[n] in _BETWEEN:
        text += _BETWEEN[said[n]] + said[n + 1]
        n += 2
    text += _unit(said, n)
    if n + 2 < len(said) and _NUMBER.match(said[n + 1]) and not _NUMBER.match(said[n + 2]):
        text += f" {said[n + 1]}{_unit(said, n + 2)}"
    return text


def _unit(said: Sequence[str], n: int) -> str:
    return f" {book()['units'].get(said[n], said[n])}" if n < len(said) and said[n] else ""


def _value(given: Given) -> str:
    unit = next((plain(given.named[key]).strip() for key in ("u", "ul") if key in given.named), "")
    return f"{given.text(1)} {unit}".strip()


def _date(given: Given) -> str:
    """`1885|10|7` is "October 7, 1885", with the day first where the template asks for it."""
    year, month, day = (given.text(n) for n in (1, 2, 3))
    named = _MONTHS[int(month) - 1] if month.isdecimal() and len(month) < 3 and 1 <= int(month) <= 12 else ""
    if not named:
        return year
    if not (day.isdecimal() and len(day) < 3):
        return f"{named} {year}"
    first = plain(given.named.get("df", [])).strip().lower() in ("y", "yes", "1", "true")
    return f"{int(day)} {named} {year}" if first else f"{named} {int(day)}, {year}"

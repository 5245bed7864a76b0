"""Is what was said the answer? Names, numbers and dates compared as a careful examiner would, and nothing guessed.

What was said has to *be* the answer, not to hold it: "not X", "X or Y", a list that has X in it, a question copied or
a single letter are no answers.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import groupby
from typing import NamedTuple

from hcsp.names import words
from prompts.phrases import phrase_book
from roles.values import known_unit, number, unit
from tasks.dates import Date, read_date
from worlds.literals import quantity_interval

ARTICLES = ("the", "a", "an")
_LEAD = re.compile(
    r"(?:(?:so|well|hence|thus|therefore),? +)?(?:i (?:think|believe|would say)(?: that)? +)?"
    r"(?:(?:(?:the|my|final|correct|best) +)*(?:answer|guess)(?: +is\b|:)(?: +that\b)?:? *"
    r"|(?:it|this|that|he|she)(?: is| was|['’]s) +)?",
    re.IGNORECASE,
)
_MARKS = "*_`\"“”'‘’ "
_REMARK = re.compile(r"(.+?) *[(\[]([^()\[\]]*)[)\]]")
_HEDGES = frozenset(("or", "not", "and", "maybe", "either", "nor", "alternatively", "possibly", "perhaps"))
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_QUANTITY = re.compile(
    r"(?P<number>[-−]?\d[\d,.\u00a0\u202f\u2009 ]*(?:[eE][+-]?\d+)?|[A-Za-z]+\b)(?P<unit>.*)", re.DOTALL
)
_PLACES = re.compile(r"[-−]?[\d, ]*\.(\d+)")

Key = tuple[str, ...]


def matches(said: str, names: Iterable[str]) -> bool:
    """Whether `said` is the answer that goes by these names: its label and aliases, a date, or a number and its unit.

    Case, marks on letters, articles, hyphens, points after initials, "Last, First", a lead such as "the answer is" and
    a remark in brackets do not matter. Thousands may be apart or not; a unit may be left out, but not be another; a
    date may be more precise than the answer, never less. A name of one letter counts only where there is no longer one.
    """
    called = [_called(name) for name in names]
    long = [name for name in called if not name.letter]
    return any(_is(told, name) for told in map(_Told, _cores(said)) for name in long or called)


class _Called(NamedTuple):
    """A name as answers are held against it: `bare` are its keys without the remark in brackets that it may have."""

    text: str
    letter: bool
    keys: frozenset[Key]
    bare: frozenset[Key]
    date: Date | None
    quantity: tuple[Decimal, str] | None


@lru_cache(maxsize=1 << 14)
def _called(name: str) -> _Called:
    """The same names are asked for again and again, as in training."""
    text = _squeezed(name)
    date, keys, qualified = read_date(text), frozenset(_keys(text)), _remark(text)
    return _Called(
        text=text,
        letter=re.fullmatch("[a-z]", "".join(words(text))) is not None,
        keys=keys,
        bare=keys.union(_keys(qualified[1])) if qualified else keys,
        date=date,
        quantity=_quantity(text) if re.match(r"[-−]?\d", text) and not (date or (0, None))[1] else None,
    )


class _Told:
    """What was said, read as far as it is needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def keys(self) -> frozenset[Key]:
        """Of all its forms."""
        return frozenset(key for form in _forms(self.text) for key in _keys(form))


def _squeezed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _cores(said: str) -> list[str]:
    """What was said: as it stands; without marks of emphasis, quotation marks and a final stop; without a lead too."""
    whole = _squeezed(said)
    text = whole.strip(_MARKS)
    lead = _LEAD.match(text)
    bare = text[lead.end() :] if lead else text
    cores = (core.strip(_MARKS).removesuffix(".").strip(_MARKS) for core in (text, bare))
    return [core for core in dict.fromkeys((whole, *cores)) if core]


def _is(told: _Told, name: _Called) -> bool:
    return _is_date(told.text, name) or _is_number(told.text, name) or _is_name(told, name)


def _is_date(said: str, name: _Called) -> bool:
    told = None if name.date is None else read_date(said)
    return name.date is not None and told is not None and told.within(name.date)


def _is_number(said: str, name: _Called) -> bool:
    """Within half a unit of the last place that the answer gives."""
    wanted = name.quantity
    told = None if wanted is None else _quantity(said)
    if wanted is None or told is None or (told[1] != wanted[1] and (told[1] or not known_unit(wanted[1]))):
        return False
    places = _PLACES.match(name.text)
    span = quantity_interval(f"{wanted[0]:.{len(places[1]) if places else 0}f}")
    return span.low <= told[0] <= span.high


def _quantity(text: str) -> tuple[Decimal, str] | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    small, word = phrase_book().forms["numbers"], match["number"].strip().lower()
    value = Decimal(small.index(word) + 1) if word in small else number(match["number"])
    return None if value is None else (value, unit(match["unit"]))


def _is_name(told: _Told, name: _Called) -> bool:
    if not name.bare:
        return told.text.casefold() == name.text.casefold()
    return not told.keys.isdisjoint(name.keys if _remark(told.text) else name.bare)


def _forms(said: str) -> Iterator[str]:
    """As it stands; without a remark in brackets that hedges nothing; and "Last, First" turned round."""
    yield said
    if (match := _remark(said)) and _HEDGES.isdisjoint(words(match[2])):
        yield match[1]
    last, _, first = said.partition(", ")
    if last and first and "," not in first:
        yield f"{first} {last}"


def _remark(text: str) -> re.Match[str] | None:
    """What stands before a remark in brackets at the end, and the remark."""
    return _REMARK.fullmatch(text) if text.endswith((")", "]")) else None


def _keys(name: str) -> Iterator[Key]:
    """The words of a name: marks dropped, or spelt out as in German and Danish."""
    lowered = name.casefold().replace("&", " and ")
    for text in dict.fromkeys((lowered.translate(_FOLDED), lowered.translate(_SPELT))):
        told = list(words(text))
        while len(told) > 1 and told[0] in ARTICLES:
            del told[0]
        if told:
            yield tuple(_joined(told))


def _joined(told: list[str]) -> Iterator[str]:
    """Initials as one word: "J. R. R." and "JRR" are the same."""
    if all(len(word) > 1 for word in told):
        yield from told
        return
    for initials, run in groupby(told, key=lambda word: len(word) == 1 and word.isalpha()):
        together = list(run)
        yield from ["".join(together)] if initials else together

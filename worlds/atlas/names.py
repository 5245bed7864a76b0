"""Names as prose says them: articles, surnames, plurals, lists, dates and quantities."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from hcsp.names import key, occurs
from worlds.atlas.tables import load

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NUMBER = re.compile(r"\d+")


def book(name: str) -> Mapping[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


@cache
def types() -> Mapping[str, tuple[str, ...]]:
    """The types of every entity of the atlas."""
    return {entity.id: entity.types for entity in load().entities}


@cache
def with_article(name: str) -> str:
    """The name with `the`, or with the words that introduce it, where English has them."""
    rules = _rules()["article"]
    if name in rules["introduced"]:
        return str(rules["introduced"][name])
    known = name in rules["names"] or any(re.search(pattern, name) for pattern in rules["patterns"])
    ending = name.rsplit(maxsplit=1)[-1] in rules["endings"] and "'s " not in name and "' " not in name
    counted = name not in rules["bare"] and any(t in rules["types"] for t in _types_by_label().get(name, ()))
    return f"the {name}" if (known or ending or counted) and name not in rules["without"] else name


def indefinite(name: str) -> str:
    """The name with `a` or `an`."""
    vowel = name[0].lower() in "aeiou" and not name.lower().startswith(tuple(_rules()["article"]["consonant"]))
    return f"{'an' if vowel else 'a'} {name}"


@cache
def surname(name: str) -> str:
    """The short form of a person's name: `Bohr`, `de Broglie`, `Galileo`."""
    known: str | None = _rules()["surname"].get(name)
    return known or name.removesuffix(" Jr.").rsplit(maxsplit=1)[-1]


def is_woman(name: str) -> bool:
    """Whether a person is a woman."""
    return name in _rules()["pronoun"]["she"]


@cache
def is_plural(name: str) -> bool:
    """Whether a name takes a plural verb, as `Maxwell's equations` does."""
    return not _rules()["plural"]["words"].isdisjoint(name.replace("–", " ").split())


def plural(noun: str) -> str:
    """The plural of a profession: `physicists`, `clergymen`."""
    for ending, plural_ending in _rules()["plural"]["endings"].items():
        if noun.endswith(ending):
            return noun.removesuffix(ending) + str(plural_ending)
    return f"{noun}s"


def possessive(name: str) -> str:
    """`Bohr's`, and `the laws'` for what is plural already."""
    return f"{name}'" if name.endswith("s") and is_plural(name) else f"{name}'s"


@cache
def place(name: str, person: bool) -> tuple[object, ...]:
    """Where a name stands in a list: people by surname, numbers by size, what is named last at the end."""
    shown = key(surname(name) if person else name.removeprefix("The "))
    padded = _NUMBER.sub(lambda digits: digits[0].zfill(4), shown)
    return name in _rules()["list"]["last"], padded, name


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; semicolons, or a last comma, where a name holds a comma or an `and`."""
    *first, last = names
    if not first:
        return last
    commas = any("," in name for name in (names if len(first) > 1 else first))
    serial = commas or (len(first) > 1 and any(" and " in name for name in names))
    semicolons = commas and len(first) > 1
    return f"{('; ' if semicolons else ', ').join(first)}{';' if semicolons else ',' * serial} and {last}"


def where(name: str) -> str:
    """A place with its preposition: `at Lowell Observatory`, `in Paris`."""
    preposition = "at" if any(word in name for word in _rules()["preposition"]["at"]) else "in"
    return f"{preposition} {with_article(name)}"


def date(time: str) -> str:
    """A time as it is said: `7 October 1885`, `October 1885`, `1885`."""
    year, *rest = time.split("-")
    day = [str(int(rest[1]))] if len(rest) == 2 else []
    return " ".join([*day, *[_MONTHS[int(m) - 1] for m in rest[:1]], str(int(year))])


def when(time: str) -> str:
    """A time with its preposition: `on 7 October 1885`, `in 1885`."""
    return f"{'on' if time.count('-') == 2 else 'in'} {date(time)}"


def quantity(value: str) -> str:
    """A quantity as it is printed, with a true minus sign."""
    return value.replace("-", "−")


def contains(texts: Sequence[str], name: str) -> bool:
    """Whether a name stands in one of the texts."""
    return any(name in text and occurs(name, text) for text in texts)


@cache
def _types_by_label() -> Mapping[str, Sequence[str]]:
    return {entity.label: entity.types for entity in load().entities}


@cache
def _rules() -> Mapping[str, Any]:
    rules = dict(book("names.toml"))
    rules["plural"] = {**rules["plural"], "words": frozenset(rules["plural"]["words"])}
    return rules

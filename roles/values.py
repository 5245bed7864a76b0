"""Literals as a model writes them, held against those of a world."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from unicodedata import normalize

from hcsp.names import key, occurs
from prompts.phrases import phrase_book
from worlds.literals import time_interval
from worlds.model import Kind

_NUMBER = re.compile(r"(?<![\w.])[-−]?(?:\d{1,3}(?:[,\u00a0\u202f\u2009 ]\d{3})+|\d+)(?:\.\d+)?")


def number(text: str) -> Decimal | None:
    """A number, its thousands apart or not; `None` for anything else."""
    bare = re.sub(r"(?<=\d)[,\u00a0\u202f\u2009 ](?=\d{3}(?!\d))", "", text.strip()).replace("−", "-")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def numbers(text: str) -> list[Decimal]:
    """The numbers that stand in a text."""
    return [value for m in _NUMBER.finditer(text) if (value := number(m.group())) is not None]


def unit(text: str) -> str:
    """A unit in the form in which units are compared: "km", "kilometre" and "kilometres" are one."""
    said = text.strip()
    symbols, spoken = _units()
    return symbols.get(normalize("NFKC", said)) or spoken.get(key(said)) or key(said) or said


def known_unit(compared: str) -> bool:
    """Whether a unit, as `unit` gives it, is one of the phrase book's; so is none at all."""
    return not compared or compared in _units()[1].values()


@lru_cache(maxsize=1)
def _units() -> tuple[dict[str, str], dict[str, str]]:
    """What units are compared by, by their symbols and by their names."""
    units = phrase_book().units
    symbols = {normalize("NFKC", symbol): key(one) for symbol, (one, _) in units.items()}
    return symbols, {key(name): key(one) for one, many in units.values() for name in (one, many)}


def same_value(said: str, literal: str, kind: Kind) -> bool:
    """Whether what was said is the literal: a time to the same precision, a number of any writing and its unit."""
    if kind == "time":
        return said.strip() == literal
    if kind == "quantity":
        mine, theirs = _quantity(said), _quantity(literal)
        return mine is not None and mine == theirs
    return key(said) == key(literal)


def says_value(text: str, literal: str, kind: Kind) -> bool:
    """Whether a text holds a literal: the year of a time, the number of a quantity, the words of a string."""
    if kind == "time":
        year = re.match(r"-?(\d+)", literal.strip())
        return year is not None and int(year[1]) in [abs(int(n)) for n in numbers(text)]
    if kind == "quantity":
        quantity = _quantity(literal)
        return quantity is not None and abs(quantity[0]) in map(abs, numbers(text))
    return occurs(literal, text)


def literal(said: str, kind: Kind) -> str | None:
    """What was said as a world writes it; `None` for what is no literal, or has a unit that the phrase book lacks."""
    if kind == "quantity":
        return _amount(said)
    text = " ".join(said.split())
    try:
        if kind == "time":
            time_interval(text)
    except ValueError:
        return None
    return text or None


def _amount(said: str) -> str | None:
    quantity = _quantity(said)
    if quantity is None or not known_unit(quantity[1]):
        return None
    symbol = next((symbol for symbol, (one, _) in phrase_book().units.items() if key(one) == quantity[1]), "")
    return f"{quantity[0]:f} {symbol}".strip()


def _quantity(text: str) -> tuple[Decimal, str] | None:
    match = _NUMBER.match(text.strip())
    value = number(match.group()) if match else None
    return None if match is None or value is None else (value, unit(text.strip()[match.end() :]))

"""Literals as intervals at their precision (design 1.2)."""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

_TIME = re.compile(r"(?P<year>-?\d{4,})(-(?P<month>0[1-9]|1[0-2])(-(?P<day>0[1-9]|[12]\d|3[01]))?)?")


class Interval(NamedTuple):
    """Where a literal lies, bounds inclusive; times in whole years, `unit` empty for times and bare numbers."""

    low: Decimal
    high: Decimal
    unit: str


def time_interval(text: str) -> Interval:
    """The year of an ISO 8601 time cut to its precision (`1885`, `1885-10`, `1885-10-07`); `ValueError` otherwise."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time; expected ISO 8601 such as '1885', '1885-10' or '1885-10-07'")
    year = Decimal(match["year"])
    return Interval(year, year, "")


def quantity_interval(text: str) -> Interval:
    """Half a unit in the last place either side: `183.84 u` is 183.835 to 183.845; whole numbers are exact."""
    number, _, unit = text.partition(" ")
    try:
        value = Decimal(number)
    except InvalidOperation:
        value = Decimal("NaN")
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(
            f"{text!r} is not a quantity; expected a decimal number, then a space and a unit if it has one"
        )
    slack = Decimal(5).scaleb(exponent - 1) if exponent < 0 else Decimal(0)
    return Interval(value - slack, value + slack, unit.strip())


def interval(text: str, kind: str) -> Interval:
    """The interval of a literal of kind `time` or `quantity`."""
    return time_interval(text) if kind == "time" else quantity_interval(text)

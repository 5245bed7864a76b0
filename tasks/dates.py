"""Dates as people write them, at the precision at which they do."""

import re
from typing import NamedTuple

_MONTHS = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH = {name: n for n, names in enumerate(_MONTHS, start=1) for name in names}
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"
_YEAR = r"(?P<ad>ad )?(?P<year>\d{1,4})(?P<era> ?bce?| ?ce| ?ad)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<minus>-)?(?P<iso>\d{4,})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?)?",
        rf"(?:in )?(?:the year )?{_YEAR}",
        rf"(?:in )?{_NAME},? {_YEAR}",
        rf"(?:on )?(?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? {_NAME},? {_YEAR}",
        rf"(?:on )?{_NAME} (?P<day>\d\d?)(?:st|nd|rd|th)?,? {_YEAR}",
    )
)


class Date(NamedTuple):
    """A date; without a day, or without a month either, these are `None`. Years before Christ are negative."""

    year: int
    month: int | None = None
    day: int | None = None

    def within(self, other: "Date") -> bool:
        """Whether this is the other date, said as precisely or more so."""
        return all(theirs is None or mine == theirs for mine, theirs in zip(self, other, strict=True))


def read_date(text: str) -> Date | None:
    """The date that a text is, ISO 8601 or in English words; `None` for anything else, a number below 100 included."""
    match = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    said = match.groupdict()
    name, era = said.get("name"), (said.get("era") or "").strip().lower()
    year = int(said.get("iso") or said["year"])
    if year < 100 and not (name or era or said.get("ad") or said.get("iso")):
        return None
    month = _MONTH[name.lower()] if name else int(said.get("month") or 0)
    before = bool(said.get("minus")) or era.startswith("bc")
    return Date(-year if before else year, month or None, int(said.get("day") or 0) or None)

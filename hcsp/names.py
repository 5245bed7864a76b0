"""The one rule for when two names are the same and when a name occurs in a text (design 1.2)."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SHORT = 80
"""Names up to so long are compared again and again; what is longer is a text."""

_WORD = re.compile(r"\w+")
_BEYOND = re.compile("[^\x00-\u02ff]+")
"""Where combining marks may be: U+0300 is the first."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text: NFKD, combining marks dropped, casefolded, split into `\\w+` runs."""
    return tuple(_WORD.findall(folded(text)))


def folded(text: str) -> str:
    """NFKD, combining marks dropped, casefolded: character by character the same as for the whole."""
    if text.isascii():
        return text.lower()
    return _BEYOND.sub(_without_marks, unicodedata.normalize("NFKD", text)).casefold()


def _without_marks(run: re.Match[str]) -> str:
    return "".join(c for c in run[0] if not unicodedata.combining(c))


def key(name: str) -> str:
    """The form in which names are compared: two names are equal when their keys are."""
    return _short_key(name) if len(name) <= SHORT else " ".join(words(name))


@lru_cache(maxsize=1 << 15)
def _short_key(name: str) -> str:
    return " ".join(words(name))


def occurs(name: str, text: str) -> bool:
    """Whether the words of `name` stand consecutively in `text`; an empty name never does."""
    needle = key(name)
    return bool(needle) and f" {needle} " in f" {key(text)} "


def occurring(names: Iterable[str], text: str) -> list[str]:
    """Those of `names` that occur in `text`, in the order given."""
    haystack = f" {key(text)} "
    return [name for name in names if (needle := key(name)) and f" {needle} " in haystack]

"""The one rule for when two names are the same and when a name occurs in a text (design 1.2)."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SHORT = 80
"""Names up to so long are compared again and again; what is longer is a text."""

_WORD = re.compile(r"\w+")


def words(text: str) -> tuple[str, ...]:
    """The words of a text: NFKD, combining marks dropped, casefolded, split into `\\w+` runs."""
    if text.isascii():
        return tuple(_WORD.findall(text.lower()))
    folded = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(_WORD.findall(folded.casefold()))


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

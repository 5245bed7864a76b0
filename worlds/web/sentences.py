"""Sentences of a page, and whether one says that two things are tied."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hcsp.names import occurs, words

_END = re.compile(r"[.!?][\"')\]”’]*(?=\s+[\"'(\[“‘]?[^\W_a-z])|\n+")
_ABBREVIATED = frozenset(words("dr mr mrs ms st jr sr prof vs vol no ca cf etc fig inc ltd gen col"))
LONGEST = 600
"""What is longer is a list or a table, not a sentence."""


class Span(NamedTuple):
    """A sentence is `text[start:end]`."""

    start: int
    end: int


def sentences(text: str) -> Iterator[Span]:
    """The sentences of plain text in order, without the space around them."""
    start = 0
    for match in _END.finditer(text):
        if text[match.start()] == "\n":
            yield from _trimmed(text, start, match.start())
            start = match.end()
        elif not _goes_on(text, start, match.start()):
            yield from _trimmed(text, start, match.end())
            start = match.end()
    yield from _trimmed(text, start, len(text))


def says(sentence: str, names: Iterable[str], cues: Sequence[str]) -> bool:
    """Whether a sentence names something and has a word that begins with one of the cues."""
    told = words(sentence)
    return any(word.startswith(tuple(cues)) for word in told) and any(occurs(name, sentence) for name in names)


def _goes_on(text: str, start: int, stop: int) -> bool:
    """Whether a full stop belongs to an initial or an abbreviation."""
    if text[stop] != ".":
        return False
    last = text[start:stop].rsplit(None, 1)[-1:] or [""]
    word = last[0].lstrip("(\"'“‘[")
    return (len(word) == 1 and word.isupper()) or word.lower() in _ABBREVIATED


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    part = text[start:end]
    left = start + len(part) - len(part.lstrip())
    right = end - (len(part) - len(part.rstrip()))
    if 0 < right - left <= LONGEST:
        yield Span(left, right)

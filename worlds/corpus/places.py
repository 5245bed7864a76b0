"""The last step from wikitext to plain text: characters as they are read, and where the links stand."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from html.entities import html5
from itertools import takewhile

from worlds.corpus.document import Link
from worlds.corpus.inline import BEGIN, END

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ODD_SPACE, _SPACES = re.compile(r"[^\S\n ]+"), re.compile("  +")
_MARKS = re.compile(f"([{BEGIN}{END}])")
_TIDY = (
    (re.compile(r"\([ ,;:]{1,9}"), "("),
    (re.compile(r"[,; ][,; ]{0,8}\)"), ")"),
    (re.compile(r"\(\)"), ""),
    (re.compile(r",(?: ?,){1,5}"), ","),
    (_SPACES, " "),
    (re.compile(r" ([,.])(?=\s|$)"), r"\1"),
)
"""What is left where templates stood: brackets around nothing, spaces before commas."""


def placed(text: str, targets: Iterable[str]) -> tuple[str, tuple[Link, ...]]:
    """Text in NFC with entities decoded, and its links; a link that shows nothing is none."""
    text = _tidied(decoded(text)).strip()
    bare = text.replace(BEGIN, "").replace(END, "")
    pieces = _MARKS.split(text)
    if not unicodedata.is_normalized("NFC", bare):
        pieces = list(_composed(pieces))
        bare = "".join(piece for piece in pieces if piece not in (BEGIN, END))
    return bare, tuple(_links(pieces, iter(targets)))


def decoded(text: str) -> str:
    """Text with character references decoded; what names no character stays as written."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    if reference[0][1] == "#":
        return unescape(reference[0])
    return html5.get(reference[0][1:], reference[0])


def _tidied(text: str) -> str:
    text = _SPACES.sub(" ", _ODD_SPACE.sub(" ", text)).replace(f" {END}", f"{END} ").replace(f"{BEGIN} ", f" {BEGIN}")
    for pattern, instead in _TIDY:
        text = pattern.sub(instead, text)
    return text.replace(" \n", "\n").replace("\n ", "\n")


def _composed(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces in NFC; what combines with a character before a mark moves to the front of that mark."""
    waiting: list[str] = []
    held = ""
    for piece in pieces:
        if piece in (BEGIN, END):
            waiting.append(piece)
            continue
        head = "".join(takewhile(_combines, piece))
        held += head
        if len(head) < len(piece):
            yield from (unicodedata.normalize("NFC", held), *waiting)
            waiting, held = [], piece[len(head) :]
    yield from (unicodedata.normalize("NFC", held), *waiting)


def _combines(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"


def _links(pieces: Iterable[str], targets: Iterator[str]) -> Iterator[Link]:
    at, start, target = 0, -1, ""
    for piece in pieces:
        if piece == BEGIN:
            start, target = at, next(targets)
        elif piece == END:
            if 0 <= start < at:
                yield Link(start, at, target)
            start = -1
        else:
            at += len(piece)

"""What a look-up by the exact text of a link would miss, as the paper's code looks pages up: by cause."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from urllib.parse import unquote

from worlds.corpus.document import Document
from worlds.corpus.places import decoded
from worlds.corpus.titles import Titles, normal

REDIRECT = "redirect"
_ESCAPES = re.compile("%[0-9A-Fa-f]{2}")


def missed(documents: Iterable[Document], titles: Titles) -> tuple[int, Counter[str]]:
    """How many links lead to an article, and how many of them have another text than its title, by the first cause.

    Causes, in the order in which they are asked for: redirect, fragment, slash (written `%2F`), percent-encoding,
    character reference, underscore, Unicode form, first letter, and space for what is left: spaces, colons and marks
    that are not shown.
    """
    links, causes = 0, Counter[str]()
    cached: dict[str, str | None] = {}
    for document in documents:
        for link in document.links:
            if link.target not in cached:
                cached[link.target] = _cause(link.target, titles.resolve(link.target))
            cause = cached[link.target]
            links += cause is not None
            if cause:
                causes[cause] += 1
    return links, causes


def _cause(target: str, article: str | None) -> str | None:
    """Why a link does not find its article; empty when it does, None when there is none."""
    if article is None:
        return None
    if target == article:
        return ""
    if normal(target) != normal(article):
        return REDIRECT
    return _form(target, article)


def _form(target: str, title: str) -> str:
    """The first of the ways in which a target is written otherwise than the title."""
    if "#" in target and "#" not in title:
        return "fragment"
    if _ESCAPES.search(target) and unquote(target) != target:
        return "slash" if set(map(str.upper, _ESCAPES.findall(target))) == {"%2F"} else "percent-encoding"
    if decoded(target) != target:
        return "character reference"
    if "_" in target and "_" not in title:
        return "underscore"
    if unicodedata.normalize("NFC", target) != target or unicodedata.normalize("NFC", title) != title:
        return "Unicode form"
    return "first letter" if target[1:] == title[1:] else "space"

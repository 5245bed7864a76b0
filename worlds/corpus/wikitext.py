"""Wikitext to plain text with the places of its links."""

import re
from typing import NamedTuple

from worlds.corpus.document import Link
from worlds.corpus.lines import laid_out
from worlds.corpus.places import placed
from worlds.corpus.scanning import scan
from worlds.corpus.site import Site

_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Plain(NamedTuple):
    """What a page says.

    Attributes:
        text: NFC, paragraphs apart by an empty line, lists line by line; no templates but a few inside sentences, no
            tables, notes, pictures, comments, formulas, nor sections of references.
        links: to articles, in order; `text[start:end]` is what a link shows, letters after it included.
        categories: names without the prefix, as written, each once.
        templates: names of all templates, lower-case.
    """

    text: str
    links: tuple[Link, ...]
    categories: tuple[str, ...]
    templates: frozenset[str]


def plain_text(wikitext: str, site: Site) -> Plain:
    """The plain text of a page of a wiki, in time linear in its length; never raises for any text."""
    scanned = scan(_UNREADABLE.sub("", wikitext.replace("\r\n", "\n")), site)
    text, links = placed(*laid_out(scanned.text, scanned.targets))
    return Plain(text, links, tuple(scanned.categories), frozenset(scanned.templates))

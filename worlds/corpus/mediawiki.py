"""Reading a MediaWiki XML export as documents."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

from worlds.corpus.book import book, words
from worlds.corpus.document import Document, Kind, Link, Read, Reading, Skipped
from worlds.corpus.dump import LARGEST, Page, read_pages
from worlds.corpus.packed import Heard, unheard
from worlds.corpus.titles import normal
from worlds.corpus.wikitext import Plain, plain_text

SHORT = 300
"""An article of fewer code points is a stub, whatever its templates say."""

_REDIRECT = re.compile(r"\s*#(\w+)\s*:?\s*\[\[([^\[\]|\n]{1,600})(?:\|[^\[\]\n]{0,600})?\]\]", re.IGNORECASE)


def read_dump(path: Path, heard: Heard = unheard) -> Reading:
    """The articles and redirects of an export in its order, and what was left out with a reason each.

    Plain, `.gz`, `.bz2` or `.xz`, also of many streams. A later page of an earlier one's title is left out.
    See `read_pages` for damaged input, and for the `ValueError` that comes at the first step when this is no export.
    """
    seen: set[str] = set()
    for page in read_pages(path, heard):
        found = page if isinstance(page, Skipped) else as_document(page)
        if isinstance(found, Document):
            key = normal(found.title)
            if key in seen:
                found = Skipped(found.title, "a second page of this title")
            seen.add(key)
        yield found


def as_document(page: Page) -> Read:
    """One page of an export as a document, in time linear in its text."""
    title = unicodedata.normalize("NFC", page.title)
    if why := _unfit(page):
        return Skipped(title, why)
    wikitext = page.text or ""
    url = page.site.url(title)
    if target := _redirected(page.redirect, wikitext):
        return Document(title, "", (Link(0, 0, target),), url, "redirect")
    plain = plain_text(wikitext, page.site)
    return Document(title, plain.text, plain.links, url, _kind(title, wikitext, plain), types=plain.categories)


def _unfit(page: Page) -> str:
    """Why a page is not read; empty when it is."""
    if page.namespace != "0":
        return "not in the main namespace"
    if not normal(page.title):
        return "without a title"
    if page.size > LARGEST:
        return f"longer than {LARGEST} characters"
    if page.text is None:
        return "its text is withheld"
    return "" if page.model == "wikitext" else f"not wikitext but {page.model}"


def _redirected(title: str, wikitext: str) -> str:
    """The target of a redirect, with its section where the text names one; empty for what is no redirect."""
    said = _REDIRECT.match(wikitext)
    target = said[2].strip() if said and said[1].lower() in words("redirects", "words") else ""
    return target if target and (not title or normal(target) == normal(title)) else title


def _kind(title: str, wikitext: str, plain: Plain) -> Kind:
    """What a page is, by its title and by the templates that say so."""
    if title.lower().endswith("(disambiguation)") or book()["kinds"]["magic"] in wikitext:
        return "disambiguation"
    if _says(plain.templates, words("kinds", "disambiguation"), "disambiguation"):
        return "disambiguation"
    starts: tuple[str, ...] = tuple(book()["kinds"]["list_titles"])
    if title.lower().startswith(starts) or not plain.templates.isdisjoint(words("kinds", "list")):
        return "list"
    return "stub" if len(plain.text) < SHORT or _says(plain.templates, words("kinds", "stub"), "stub") else "article"


def _says(templates: Collection[str], names: Collection[str], ending: str) -> bool:
    return any(name in names or name.endswith(ending) for name in templates)

"""How titles resolve as on a wiki: forms of one title, redirects, and the names that an article goes by."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self
from urllib.parse import unquote

from worlds.corpus.document import Document, Skipped
from worlds.corpus.places import decoded

LEAST = 3
"""How often a link text has to lead to an article before it counts as a name of it."""

_SPACE = re.compile(r"[\s_\u180e]+")
_UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e]")
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_MTAVRULI = range(0x1C90, 0x1CC0)


def normal(title: str) -> str:
    """The one form of all ways to write a title, in any language; empty when a target names no page.

    Percent-encoded UTF-8 and character references are decoded, what follows `#` is cut, underscores and white space
    become single spaces, a leading colon goes, the first letter is a capital, and the whole is in NFC. Slashes and the
    case of all other letters count.
    """
    if "%" in title and _ESCAPE.search(title):
        title = _unescaped(title)
    title = decoded(title).partition("#")[0]
    title = _SPACE.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", title))).strip(" ")
    title = title.removeprefix(":").lstrip(" ")
    return unicodedata.normalize("NFC", _capital(title[:1]) + title[1:])


def _unescaped(title: str) -> str:
    try:
        return unquote(title, errors="strict")
    except UnicodeDecodeError:
        return title


def _capital(letter: str) -> str:
    """A letter's capital where it has just one; Georgian is written without."""
    capital = letter.upper()
    return letter if len(capital) != 1 or ord(capital) in _MTAVRULI else capital


class _End(NamedTuple):
    """Where a title leads: to an article or None, whether over a section, whether round and round."""

    article: str | None
    section: bool = False
    loop: bool = False


class Titles:
    """An index of the titles of a corpus. Whatever is not a redirect is called an article here.

    Holds the titles, the redirects and the link texts that differ from their target, with counts; no text.
    """

    def __init__(self) -> None:
        self._articles: dict[str, str] = {}
        self._redirects: dict[str, tuple[str, str]] = {}
        self._ends: dict[str, _End] = {}
        self._texts: dict[str, Counter[str]] = defaultdict(Counter)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Self:
        """The index of documents; where two have one title, the first counts."""
        titles = cls()
        for document in documents:
            titles.add(document)
        return titles

    def add(self, document: Document) -> bool:
        """Take in one more document; False, and nothing is taken, when its title is already there or is none."""
        key = normal(document.title)
        if not key or key in self._articles or key in self._redirects:
            return False
        self._ends.clear()
        if document.kind == "redirect":
            self._redirects[key] = (document.title, document.links[0].target if document.links else "")
            return True
        self._articles[key] = document.title
        for start, end, target in document.links:
            goal, shown = normal(target), " ".join(document.text[start:end].split())
            if goal and shown and goal != normal(shown):
                self._texts[goal][shown] += 1
        return True

    def resolve(self, target: str) -> str | None:
        """The title of the article that a link target leads to, through any number of redirects; None where none is."""
        article = self._end(normal(target)).article
        return None if article is None else self._articles[article]

    def aliases(self, least: int = LEAST) -> dict[str, tuple[str, ...]]:
        """Other names of every article that has some, by its title.

        First the titles that redirect to it, in the order of the corpus, without those that lead to a section (they
        name a part of it); then the link texts that lead to it at least so often, commonest first.
        """
        names: dict[str, dict[str, None]] = defaultdict(dict)
        for key, (title, _) in self._redirects.items():
            end = self._end(key)
            if end.article is not None and not end.section:
                names[end.article][title] = None
        for article, texts in self._texts_by_article().items():
            often = sorted((-count, text) for text, count in texts.items() if count >= least)
            names[article].update((text, None) for _, text in often if normal(text) != article)
        return {self._articles[article]: tuple(found) for article, found in names.items() if found}

    def broken(self) -> Iterator[Skipped]:
        """Every redirect that leads to no article, and why."""
        for key, (title, _) in self._redirects.items():
            end = self._end(key)
            if end.article is None:
                yield Skipped(title, "a redirect in a loop" if end.loop else "a redirect to nowhere")

    def _end(self, key: str) -> _End:
        """Where a title leads; every redirect on the way is remembered, so that each is followed once."""
        passed: dict[str, None] = {}
        while key in self._redirects and key not in self._ends and key not in passed:
            passed[key] = None
            key = normal(self._redirects[key][1])
        end = self._ends.get(key) or _End(key if key in self._articles else None, loop=key in passed)
        for redirect in reversed(passed):
            section = end.section or "#" in decoded(self._redirects[redirect][1])
            end = self._ends[redirect] = end._replace(section=section)
        return end

    def _texts_by_article(self) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for goal, texts in self._texts.items():
            if article := self._end(goal).article:
                found[article].update(texts)
        return found

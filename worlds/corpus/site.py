"""The wiki that pages come from: its namespaces, its neighbours, and where its pages can be read."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple, Self
from urllib.parse import quote

from worlds.corpus.book import book, words

Place = Literal["article", "here", "category", "file", "language", "elsewhere"]
"""Where a link leads: `here` is the same page, `language` the same subject in another language of the wiki."""

FILE, CATEGORY = 6, 14
_SPACE = re.compile(r"[\s_]+")
_SCHEME = re.compile(r"(?:[a-z]+:)?//|mailto:", re.IGNORECASE)


class Site(NamedTuple):
    """Attributes: `pages` is a page's address without its title, or empty; `namespaces` numbers by lower-case name."""

    pages: str
    namespaces: Mapping[str, int]

    @classmethod
    def of(cls, base: str = "", namespaces: Iterable[tuple[str, int]] = ()) -> Self:
        """A wiki by its main page's address and its own names of namespaces, beside those every MediaWiki knows."""
        known: dict[str, int] = {**book()["namespaces"]["names"]}
        known.update((_folded(name), number) for name, number in namespaces if name)
        return cls(base[: base.rfind("/") + 1], known)

    def url(self, title: str) -> str:
        """Where a page can be read; empty when the wiki has no address."""
        return self.pages + quote(title.replace(" ", "_"), safe="/:(),!*'@;") if self.pages else ""

    def place(self, target: str) -> Place:
        """Where a link with this target leads, by its prefix; after a colon categories and files are ordinary pages."""
        name = target.lstrip(": \t_")
        shown = target.lstrip().startswith(":")
        if not name or name.startswith("#"):
            return "here"
        if ":" not in name and "//" not in name:
            return "article"
        return "elsewhere" if _SCHEME.match(name) else self._prefixed(_folded(name.partition(":")[0]), shown)

    def _prefixed(self, prefix: str, shown: bool) -> Place:
        number = self.namespaces.get(prefix, 0)
        if number in (FILE, CATEGORY) and not shown:
            return "file" if number == FILE else "category"
        if number or prefix in words("wikis", "projects"):
            return "elsewhere"
        if prefix in _languages():
            return "elsewhere" if shown else "language"
        return "article"


@cache
def _languages() -> frozenset[str]:
    return frozenset(book()["wikis"]["languages"].split())


def _folded(name: str) -> str:
    return _SPACE.sub(" ", name).strip().lower()

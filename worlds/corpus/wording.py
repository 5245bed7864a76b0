"""What a report calls things, so that it explains itself."""

from collections import Counter
from collections.abc import Mapping

from worlds.corpus.document import Kind

_CALLED: Mapping[Kind, tuple[str, str, str]] = {
    "article": ("article", "articles", ""),
    "redirect": ("redirect", "redirects", "other names of articles"),
    "disambiguation": ("disambiguation page", "disambiguation pages", "left out: they are about names"),
    "list": ("list", "lists", "left out: they are about many things"),
    "stub": ("stub", "stubs", "left out: too short, or marked as such, to tell enough"),
}


def documents(kinds: Counter[str]) -> str:
    """Documents by kind, in words: `95 articles, 2 stubs (left out: …)`."""
    return ", ".join(_told(n, *_CALLED[kind]) for kind in _CALLED if (n := kinds[kind]))


def _told(n: int, one: str, many: str, what: str) -> str:
    return f"{n:,} {one if n == 1 else many}{f' ({what})' if what else ''}"

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


_EXPLAINED: Mapping[str, str] = {
    "damaged archive": "what came before the damage was read",
    "not JSON": 'expected a line such as {"title": "Bern", "text": "Bern is a city."}',
    "not an object": 'expected a line such as {"title": "Bern", "text": "Bern is a city."}',
    "no title": "expected a field title, a string",
    "no text": "expected a field text, a string that is not blank",
    "not UTF-8 text": "save it as UTF-8",
    "bad link": "expected a title, or target, start and end inside the text",
    "hidden": "its name begins with a dot",
    "half a surrogate pair": "no character; write it as the whole pair, or in UTF-8",
    "binary file": "it has null bytes",
    "not in the main namespace": "talk pages, templates, categories and the like",
    "not a kind of document that is read": "expected Markdown, text, HTML or PDF",
}


def reason(why: str) -> str:
    """Why something was left out, and what is meant by that where it is not plain."""
    return f"{why} ({_EXPLAINED[why]})" if why in _EXPLAINED else why


def documents(kinds: Counter[str]) -> str:
    """Documents by kind, in words: `95 articles, 2 stubs (left out: …)`."""
    return ", ".join(_told(n, *_CALLED[kind]) for kind in _CALLED if (n := kinds[kind]))


def _told(n: int, one: str, many: str, what: str) -> str:
    return f"{n:,} {one if n == 1 else many}{f' ({what})' if what else ''}"

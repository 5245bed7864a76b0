"""Text as WikiExtractor writes it: links are `<a href="Percent%20encoded">shown</a>`, in some versions escaped once."""

import html
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, unquote

from worlds.corpus.document import Link

_TAG = re.compile(r"""<a\s{1,9}href="(?P<href>[^"\n]{0,2000})"[^>\n]{0,500}>|</a\s{0,9}>""")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]{1,30}://|mailto:|//", re.IGNORECASE)


class Extracted(NamedTuple):
    """Plain text and its links, targets as titles; links to other sites are left out, what they show is kept."""

    text: str
    links: tuple[Link, ...]


def extracted(raw: str) -> Extracted:
    """Take the anchors out of a text, and the entities (`&amp;`, `&lt;`) that WikiExtractor leaves in it."""
    if "<a" in raw:
        return _without_anchors(raw, html.unescape)
    return _without_anchors(html.unescape(raw), str)


def _without_anchors(raw: str, plain: Callable[[str], str]) -> Extracted:
    parts: list[str] = []
    links: list[Link] = []
    length = at = 0
    opened = ""
    for match in (*_TAG.finditer(raw), None):
        part = plain(raw[at : match.start() if match else len(raw)])
        parts.append(part)
        if opened and part:
            links.append(Link(length, length + len(part), opened))
        length += len(part)
        if match:
            opened, at = _title(plain(match["href"] or "")), match.end()
    return Extracted("".join(parts), tuple(links))


def _title(href: str) -> str:
    """The title, decoded where it is encoded as WikiExtractor does; in another way it stays as written."""
    if _ELSEWHERE.match(href):
        return ""
    title = unquote(href)
    return title.strip() if quote(title) == href else href.strip()

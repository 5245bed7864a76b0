"""A web page as plain text with its links."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worlds.corpus.decoding import declared_encoding, decoded
from worlds.corpus.parsed import Parsed, keywords
from worlds.corpus.prose import Prose

_LEFT_OUT = "script, style, nav, noscript, template, svg, math, iframe, object, form, button, footer, aside, head"
_BLOCKS = re.compile(
    "address|article|blockquote|body|dd|details|div|dl|dt|figcaption|figure|header|h[1-6]|hr|li|main|ol|p|pre|section"
    "|summary|table|tr|ul"
)
_CELLS = frozenset(("td", "th"))


def read(content: bytes) -> Parsed:
    """The page's main text: what `main`, else the only `article`, else `body` holds, without scripts and navigation.

    The title is that of the head, else the first `h1`; as a heading it is no part of the text. Its
    keywords are types. Raises `Unreadable` for bytes that are no text.
    """
    page = LexborHTMLParser(decoded(content, declared_encoding(content)))
    title = _first(page, "head > title") or _first(page, "h1")
    types = tuple(name for meta in page.css("meta[name=keywords]") for name in keywords(meta.attributes.get("content")))
    for node in (*page.css(_LEFT_OUT), *(h1 for h1 in page.css("h1") if _said(h1) == title)):
        node.decompose()
    articles = page.css("article")
    root = page.css_first("main") or (articles[0] if len(articles) == 1 else page.body)
    prose = Prose()
    if root is not None:
        _read(root, prose)
    return Parsed(title, *prose.finish(), types=types)


def _first(page: LexborHTMLParser, selector: str) -> str:
    node = page.css_first(selector)
    return "" if node is None else _said(node)


def _said(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _read(root: LexborNode, prose: Prose) -> None:
    for node, entering in _walk(root):
        tag = node.tag
        if tag == "-text" and entering:
            prose.say(node.text_content or "")
        elif _BLOCKS.fullmatch(tag or ""):
            prose.paragraph()
        elif tag in _CELLS:
            prose.say(" ")
        elif tag == "br" and entering:
            prose.line()
        elif tag == "a":
            _anchor(node, entering, prose)


def _anchor(node: LexborNode, entering: bool, prose: Prose) -> None:
    target = node.attributes.get("href")
    if not entering:
        prose.close_link()
    elif target:
        prose.open_link(target)


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below the root as it is entered and left; without recursion, whatever the depth."""
    stack = [(root, True)]
    while stack:
        node, entering = stack.pop()
        yield node, entering
        if entering:
            stack.append((node, False))
            stack.extend((child, True) for child in reversed(list(node.iter(include_text=True))))

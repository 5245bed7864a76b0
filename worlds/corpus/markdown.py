"""Markdown as plain text with its links."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from worlds.corpus.decoding import decoded
from worlds.corpus.parsed import Parsed, Unreadable
from worlds.corpus.prose import Prose

_FRONT = re.compile(r"\A---[ \t]*\r?\n(?P<yaml>.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_WIKI = re.compile(r"\[\[(?P<target>[^\[\]|\n]{1,300})(?:\|(?P<shown>[^\[\]\n]{1,300}))?\]\]")
_BREAKS = frozenset(("paragraph_close", "heading_close", "tr_close", "table_close", "fence", "code_block"))


def read(content: bytes) -> Parsed:
    """CommonMark with tables and `[[wiki links]]`; HTML and images in it are left out.

    The title is the front matter's `title`, else the first heading; as a heading it is no part of the text. The front
    matter may also give `aliases`, and types as `type`, `types`, `categories` or `tags`. Raises `Unreadable`.
    """
    source = decoded(content)
    front = _FRONT.match(source)
    given = _front_matter(front["yaml"]) if front else {}
    tokens = _parser().parse(source[front.end() :] if front else source)
    title = next(iter(_strings(given.get("title"))), "")
    heading = next((n for n, token in enumerate(tokens) if token.type == "heading_open"), len(tokens))
    named = _prose(tokens[heading : heading + 3]).finish()[0]
    if title in ("", named):
        title = named
        tokens = tokens[:heading] + tokens[heading + 3 :]
    text, links = _prose(tokens).finish()
    types = [name for key in ("type", "types", "categories", "tags") for name in _strings(given.get(key))]
    return Parsed(title, text, links, _strings(given.get("aliases")), tuple(dict.fromkeys(types)))


def _front_matter(source: str) -> Mapping[str, Any]:
    try:
        found = yaml.load(source, Loader=yaml.BaseLoader)  # every scalar stays a string, nothing is constructed
    except (yaml.YAMLError, RecursionError):
        raise Unreadable("front matter is not YAML") from None
    return found if isinstance(found, dict) else {}


def _strings(value: object) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    return tuple(flat for one in several if isinstance(one, str) and (flat := " ".join(one.split())))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.inline.ruler.before("link", "wiki_link", _wiki_link)
    return parser


def _wiki_link(state: StateInline, silent: bool) -> bool:
    match = _WIKI.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("wiki_link", "", 0)
        token.content = match["shown"] or match["target"]
        token.meta = {"target": f"[[{match['target'].strip()}]]"}
    state.pos = match.end()
    return True


def _prose(tokens: Sequence[Token]) -> Prose:
    prose = Prose()
    for token in tokens:
        for part in token.children or ():
            _say(prose, part)
        if token.type in ("fence", "code_block"):
            prose.say(token.content)
        if token.type in _BREAKS:
            prose.paragraph()
        elif token.type in ("td_close", "th_close"):
            prose.say(" ")
    return prose


def _say(prose: Prose, part: Token) -> None:
    if part.type in ("text", "code_inline"):
        prose.say(part.content)
    elif part.type == "softbreak":
        prose.say(" ")
    elif part.type == "hardbreak":
        prose.line()
    elif part.type == "link_open":
        prose.open_link(str(part.attrGet("href") or ""))
    elif part.type == "link_close":
        prose.close_link()
    elif part.type == "wiki_link":
        prose.open_link(part.meta["target"])
        prose.say(part.content)
        prose.close_link()

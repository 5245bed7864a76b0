"""The braces of wikitext: one pass that leaves out templates, tables, notes and pictures, and marks the links.

The pass is linear in the text. Each token is met once; what a closed brace holds becomes one piece of what is around
it, and nesting deeper than `DEEPEST` opens nothing. The end of a tag that is missing is searched for once.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from worlds.corpus.book import words
from worlds.corpus.inline import BEGIN, END, Mark, Parts, rendered
from worlds.corpus.places import decoded
from worlds.corpus.site import Site

DEEPEST = 100
"""MediaWiki itself gives up at 40 templates inside each other."""

_TOKEN = re.compile(
    r"\[\[[^\[\]{}<>|\n]++(?:\|[^\[\]{}<>|\n]++)?\]\]"
    r"|\[\[(?!\[)|\]\]|\{\{(?!\{(?!\{))|\}\}|\{\||\|\}(?!\})|\||<!--|</?[a-zA-Z][^<>]*+>"
)
"""Every kind begins with a literal character: that lets the search skip what begins none. Plain links are one token."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:[\s/].*)?)>", re.DOTALL)
_WIDEST_INDENT = 40
_TRAIL = re.compile("[a-zß-öø-ÿāăąćčďđēęěğīłńňōőœřśşšťūůűźżžа-яёіїєґў]+")
_NO_TITLE = re.compile(r"[\[\]{}<>|\n\x00-\x1f]")
_LONGEST_TITLE = 600
_LITERAL = {ord(c): f"&#{ord(c)};" for c in "&'=*#:;[]{}|<>_\n"}


class Scanned(NamedTuple):
    """Attributes: `text` has every link's text between `BEGIN` and `END`; `targets` are theirs, in order;
    `categories` as written; `templates` by lower-case name, whether they are text or not."""

    text: str
    targets: list[str]
    categories: list[str]
    templates: set[str]


class _Open:
    """Something that is open: its pieces so far, where pipes part them, and whether a link is inside."""

    __slots__ = ("kind", "linked", "mark", "parts", "pipes")

    def __init__(self, kind: str, mark: str) -> None:
        self.kind, self.mark = kind, mark
        self.parts: Parts = []
        self.pipes: list[int] = []
        self.linked = False

    def heading(self) -> str | None:
        """The text before the first pipe; None when markup stands in it."""
        parts = self.parts[: self.pipes[0]] if self.pipes else self.parts
        told = [part for part in parts if isinstance(part, str)]
        return "".join(told) if len(told) == len(parts) else None

    def parameters(self) -> list[Parts]:
        """The pieces between pipes, after the first."""
        ends = [*self.pipes[1:], len(self.parts)]
        return [self.parts[start + 1 : end] for start, end in zip(self.pipes, ends, strict=False)]


class _Scan:
    def __init__(self, text: str, site: Site) -> None:
        self.text, self.site, self.at = text, site, 0
        self.stack = [_Open("page", "")]
        self.open = {"link": 0, "template": 0, "table": 0}
        self.endless: set[str] = set()
        self.categories: dict[str, None] = {}
        self.templates: set[str] = set()

    def run(self) -> Scanned:
        text, search = self.text, _TOKEN.search
        while token := search(text, self.at):
            if token.start() > self.at:
                self.stack[-1].parts.append(text[self.at : token.start()])
            self.at = token.end()
            _ACTIONS.get(token[0], _Scan.other)(self, token)
        self.stack[-1].parts.append(text[self.at :])
        while len(self.stack) > 1:
            self.forget()
        found, targets = _flat(self.stack[0].parts)
        return Scanned(found, targets, list(self.categories), self.templates)

    def link(self, token: re.Match[str]) -> None:
        self.opened("link", "[[")

    def template(self, token: re.Match[str]) -> None:
        self.opened("template", "{{")

    def table(self, token: re.Match[str]) -> None:
        if self.first_in_line(token.start()):
            self.opened("table", "{|")
        else:
            self.stack[-1].parts.append("{")
            self.at = token.start() + 1

    def first_in_line(self, at: int) -> bool:
        """Whether nothing but an indent stands before a place in its line."""
        _, begun, indent = self.text[max(0, at - _WIDEST_INDENT) : at].rpartition("\n")
        return (bool(begun) or at <= _WIDEST_INDENT) and not indent.strip(" \t:")

    def opened(self, kind: str, mark: str) -> None:
        if len(self.stack) < DEEPEST:
            self.stack.append(_Open(kind, mark))
            self.open[kind] += 1
        else:
            self.stack[-1].parts.append(mark)

    def pipe(self, token: re.Match[str]) -> None:
        top = self.stack[-1]
        top.pipes.append(len(top.parts))
        top.parts.append("|")

    def forget(self) -> None:
        """What was opened last is never closed: its mark is text."""
        left = self.taken()
        self.stack[-1].parts += [left.mark, left.parts]
        self.stack[-1].linked |= left.linked

    def taken(self) -> _Open:
        closed = self.stack.pop()
        self.open[closed.kind] -= 1
        return closed

    def closed(self, kind: str) -> _Open | None:
        """The innermost of a kind, closed; what stands open inside it is forgotten. None when none is open."""
        if not self.open[kind]:
            return None
        while self.stack[-1].kind != kind:
            self.forget()
        return self.taken()

    def table_end(self, token: re.Match[str]) -> None:
        if not self.first_in_line(token.start()) or self.closed("table") is None:
            self.pipe(token)
            self.at = token.start() + 1

    def template_end(self, token: re.Match[str]) -> None:
        template = self.closed("template")
        if template is None:
            self.stack[-1].parts.append(token[0])
            return
        name, parameters = _name_of(template)
        self.templates.add(name)
        if (shown := rendered(name, parameters)) is not None:
            self.stack[-1].parts.append(shown)
            self.stack[-1].linked |= template.linked

    def link_end(self, token: re.Match[str]) -> None:
        if self.stack[-1].kind != "link":
            self.stack[-1].parts.append(token[0])
            return
        link = self.taken()
        target = (link.heading() or "").strip()
        if target and len(target) <= _LONGEST_TITLE and not _NO_TITLE.search(target):
            shown: Parts = link.parts[link.pipes[0] + 1 :] if link.pipes else []
            self.linked(target, shown, link.linked)
        else:
            self.stack[-1].parts += ["[[", link.parts, "]]"]
            self.stack[-1].linked |= link.linked

    def plain_link(self, link: str) -> None:
        """A link with no markup inside, brackets and all."""
        target, _, shown = link[2:-2].partition("|")
        if (target := target.strip()) and len(target) <= _LONGEST_TITLE:
            self.linked(target, [shown], False)
        else:
            self.stack[-1].parts.append(link)

    def linked(self, target: str, shown: Parts, around: bool) -> None:
        """A link to a target that can be a title; `around` says whether other links are inside it."""
        place = self.site.place(target)
        if place == "category":
            self.categories[target.partition(":")[2].strip()] = None
        if place in ("category", "file", "language"):
            return
        if not any(not isinstance(part, str) or part.strip() for part in shown):
            shown = [target.removeprefix(":")]
        if trail := _TRAIL.match(self.text, self.at):
            shown.append(trail[0])
            self.at = trail.end()
        top = self.stack[-1]
        if place == "article" and not around:
            top.parts += [Mark(target), *shown, END]
        else:
            top.parts.append(shown)
        top.linked |= around or place == "article"

    def other(self, token: re.Match[str]) -> None:
        if token[0][0] == "[":
            self.plain_link(token[0])
        else:
            self.tag(token)

    def comment(self, token: re.Match[str]) -> None:
        end = self.text.find("-->", self.at)
        self.at = len(self.text) if end < 0 else end + 3
        alone = self.text[self.at : self.at + 1] == "\n" and self.text[token.start() - 1 : token.start()] == "\n"
        self.at += alone

    def tag(self, token: re.Match[str]) -> None:
        found = _TAG.fullmatch(token[0])
        name, closing = (found[2].lower(), found[1] == "/") if found else ("", False)
        if name == "table":
            self.html_table(closing)
        elif name in words("tags", "dropped") or name == "nowiki":
            if not closing and not token[0].endswith("/>"):
                self.raw(name)
        elif name in words("tags", "breaking"):
            self.stack[-1].parts.append("\n")
        elif name not in words("tags", "transparent"):
            self.stack[-1].parts.append(token[0])

    def html_table(self, closing: bool) -> None:
        if closing:
            self.closed("table")
        else:
            self.opened("table", "")

    def raw(self, name: str) -> None:
        """Jump over what a tag holds; of `nowiki` it is text as it stands."""
        end = None if name in self.endless else _ending(name).search(self.text, self.at)
        if end is None:
            self.endless.add(name)
            return
        if name == "nowiki":
            self.stack[-1].parts.append(decoded(self.text[self.at : end.start()]).translate(_LITERAL))
        self.at = end.end()


_ACTIONS: Mapping[str, Callable[[_Scan, re.Match[str]], None]] = {
    "[[": _Scan.link,
    "]]": _Scan.link_end,
    "{{": _Scan.template,
    "}}": _Scan.template_end,
    "{|": _Scan.table,
    "|}": _Scan.table_end,
    "|": _Scan.pipe,
    "<!--": _Scan.comment,
}


def scan(text: str, site: Site) -> Scanned:
    """Wikitext without all that is not text of the page; `BEGIN` and `END` must not occur in it."""
    return _Scan(text, site).run()


@cache
def _ending(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}\s*+>", re.IGNORECASE)


def _name_of(template: _Open) -> tuple[str, list[Parts]]:
    """A template's name, lower-case with spaces, and its parameters; of `name:value` the value comes first."""
    name, colon, value = (template.heading() or "").partition(":")
    parameters = template.parameters()
    if colon and name.strip().lower() == "formatnum":
        parameters.insert(0, [value])
    elif colon:
        name = f"{name}:{value}"
    return " ".join(name[:_LONGEST_TITLE].replace("_", " ").split()).lower(), parameters


def _flat(parts: Parts) -> tuple[str, list[str]]:
    """All pieces in one text, and the targets of the links in it."""
    pieces: list[str] = []
    targets: list[str] = []
    waiting = [iter(parts)]
    while waiting:
        for part in waiting[-1]:
            if isinstance(part, list):
                waiting.append(iter(part))
                break
            if isinstance(part, Mark):
                targets.append(part.target)
                pieces.append(BEGIN)
            else:
                pieces.append(part)
        else:
            waiting.pop()
    return "".join(pieces), targets

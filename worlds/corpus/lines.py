"""The lines of wikitext without its braces: sections, headings, lists and paragraphs."""

import re
from collections.abc import Iterator
from itertools import islice

from worlds.corpus.book import words
from worlds.corpus.inline import BEGIN, END

_QUOTES = re.compile("'{2,}")
_MAGIC = re.compile(r"__[A-Z]{3,30}__")
_EXTERNAL = re.compile(
    r"\[(?:(?:https?|ftps?|sftp|ircs?|news|nntp|git|svn|gopher|telnet):)?//[^\s\]\[<>\x01\x02]++[ \t]*+([^\]\[\n]*+)\]"
    r"|\[(?:mailto|tel):[^\s\]\[<>\x01\x02]++[ \t]*+([^\]\[\n]*+)\]",
    re.IGNORECASE,
)
_LIST = "*#:;"
_DEEPEST = 6


def laid_out(text: str, targets: list[str]) -> tuple[str, list[str]]:
    """Paragraphs apart by an empty line, lists line by line, headings as paragraphs, and the targets of the links left.

    Dropped sections end at the next heading that is no deeper than theirs.
    """
    pieces: list[str] = []
    left, kept, before = iter(targets), list[str](), "blank"
    for line, told in _told(_EXTERNAL.sub(_label, _MAGIC.sub("", _QUOTES.sub(_unquoted, text)))):
        those = list(islice(left, line.count(BEGIN)))
        shown, kind = _shown(line) if told else ("", "blank")
        if any(map(str.isalnum, shown)):
            kept += those
            pieces += [_between(before, kind) if pieces else "", shown]
            before = kind
        elif kind == "blank":
            before = "blank"
    return "".join(pieces), kept


def _told(text: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether its section is one that is kept."""
    dropped = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if (depth := _depth(stripped)) and (not dropped or depth <= dropped):
            name = stripped[depth:-depth].replace(BEGIN, "").replace(END, "").strip(" \t:").lower()
            dropped = depth if name in words("sections", "dropped") else 0
        yield stripped, not dropped


def _depth(line: str) -> int:
    """How deep a heading is, 0 for what is none."""
    if len(line) < 3 or line[0] != "=" or line[-1] != "=":
        return 0
    left, right = len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("="))
    return min(left, right, _DEEPEST, (len(line) - 1) // 2)


def _shown(line: str) -> tuple[str, str]:
    """What a line shows, and what it is: a heading, an item of a list, blank, or text that may go on."""
    if not line:
        return "", "blank"
    if depth := _depth(line):
        return line[depth:-depth].strip(), "heading"
    if line.startswith(("|", "{|", "----")):
        return line.lstrip("-") if line[0] == "-" else "", "text"
    if line[0] in _LIST:
        return line.lstrip(_LIST + " \t"), "item"
    return line, "text"


def _between(before: str, kind: str) -> str:
    if kind == "heading" or before in ("heading", "blank"):
        return "\n\n"
    return "\n" if "item" in (before, kind) else " "


def _unquoted(marks: re.Match[str]) -> str:
    """Two, three and five are marks; what is left of four and of more than five is shown."""
    count = len(marks[0])
    return "'" if count == 4 else "'" * max(0, count - 5)


def _label(link: re.Match[str]) -> str:
    return link[1] or link[2] or ""

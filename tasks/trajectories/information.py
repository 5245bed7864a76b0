"""The block of text in which an environment shows what its searches brought, and back.

    <information>
    ? what was asked
    [page id] the page's title
      a passage of it
    ! what the environment has to say
    </information>

Pages are untrusted. Every `<` in what is shown becomes `‹`, so that no page can open or close a tag, and a passage
takes one indented line, so that no page can pretend to be another one.
"""

import re
from collections.abc import Iterable, Iterator

from tasks.trajectories.trajectory import Passage, Search

OPEN, CLOSE = "<information>", "</information>"
ASKED, NOTE, INDENT = "? ", "! ", "  "
_PAGE = re.compile(r"\[((?:[^\]\\]|\\.)*)\](?: (.*))?", re.DOTALL)
_CODES = {"\\": "\\\\", "]": "\\]", "\n": "\\n", "<": "\\l"}
_ESCAPED = str.maketrans(_CODES)
_PLAIN = {code[1]: plain for plain, code in _CODES.items()}


def disarmed(text: str) -> str:
    """Text that can stand in a transcript: as many characters, none of which opens a tag or begins a line."""
    return text.replace("<", "‹").replace("\n", " ")


def information(searches: Iterable[Search], note: str = "") -> str:
    """The block for the searches of one turn; `note` says why there are none, or fewer than were asked for."""
    lines = [line for search in searches for line in _lines(search)]
    notes = [f"{NOTE}{disarmed(note)}"] if note else []
    return "\n".join((OPEN, *lines, *notes, CLOSE))


def _lines(search: Search) -> Iterator[str]:
    yield f"{ASKED}{disarmed(search.query)}"
    shown: dict[str, list[Passage]] = {page: [] for page in search.pages}
    for passage in search.information:
        shown.setdefault(passage.page, []).append(passage)
    for page in search.pages:
        title = disarmed(shown[page][0].title) if shown[page] else ""
        yield f"[{_escaped(page)}] {title}".rstrip(" ")
        yield from (f"{INDENT}{disarmed(passage.text)}" for passage in shown[page])


def read_information(block: str) -> tuple[tuple[Search, ...], str]:
    """The searches and the note of a block. Passages come without offsets; lines that are none are left out."""
    asked: list[tuple[str, list[str], list[Passage]]] = []
    title, note = "", ""
    for line in block.split("\n"):
        if line.startswith(ASKED):
            asked.append((line.removeprefix(ASKED), [], []))
        elif line.startswith(NOTE):
            note = line.removeprefix(NOTE)
        elif asked and (page := _PAGE.fullmatch(line)):
            asked[-1][1].append(_unescaped(page[1]))
            title = page[2] or ""
        elif asked and asked[-1][1] and line.startswith(INDENT):
            asked[-1][2].append(Passage(page=asked[-1][1][-1], title=title, text=line.removeprefix(INDENT)))
    return tuple(Search(query=q, pages=tuple(p), information=tuple(shown)) for q, p, shown in asked), note


def _escaped(page: str) -> str:
    return page.translate(_ESCAPED)


def _unescaped(page: str) -> str:
    return re.sub(r"\\(.)", lambda m: _PLAIN.get(m[1], m[1]), page)

"""Documents from JSON lines: an object a line, as other tools write pages."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from worlds.corpus.document import Document, Kind, Link, Read, Skipped
from worlds.corpus.limits import LONGEST_TEXT, MOST_LINKS
from worlds.corpus.locating import located
from worlds.corpus.packed import DAMAGED, SUFFIXES, Heard, packed_lines, unheard, unpacked_name
from worlds.corpus.wikiextractor import extracted

Row = Mapping[str, Any]

_PART = re.compile(r"wiki_\d+|.*\.jsonl?")
_BROADER = re.compile(r"(?<=\w\w\w)\.(?=[^\W\d_])")


def read_pages(path: Path, heard: Heard = unheard) -> Iterator[Read]:
    """The pages of a file, plain, `.gz`, `.bz2` or `.xz`, or of the files `wiki_00` and `*.jsonl` under a directory.

    A line is an object with `title` and `text`, and optionally `url`, `aliases`, `categories` or `types` (strings or
    lists of them), and `links`: titles, placed where the text names them (`worlds.corpus.locating`), or objects with
    `target`, `start` and `end`, which count code points. In a dotted category (`Geography.Rivers`) each part is a
    type. With `href`, a wiki's name of the page, that is the title and `title` an alias of it. A line with `id`, `url`,
    `title` and `text` but no `links` is WikiExtractor's: its links stand in the text.

    Bad lines, and what follows where an archive breaks off, are skipped and told. Raises `FileNotFoundError`, and
    `ValueError` when a directory has no such files.
    """
    for file in page_files(path):
        for where, row in read_rows(file, heard):
            if isinstance(row, str):
                yield Skipped(where, row)
            else:
                yield from _read(where, row)


def page_files(path: Path) -> list[Path]:
    """The file itself, or those under a directory that hold pages, in the order of their names."""
    if not path.is_dir():
        return [path]
    found = [Path(folder, name) for folder, _, names in os.walk(path) for name in names]
    files = sorted(f for f in found if _PART.fullmatch(unpacked_name(f)) and f.is_file())
    if not files:
        raise ValueError(f"{path} holds no pages; expected files such as AA/wiki_00 or pages.jsonl{SUFFIXES[0]}")
    return files


def read_rows(file: Path, heard: Heard = unheard) -> Iterator[tuple[str, Row | str]]:
    """Where each line that is not empty stands, and its object or, for a bad line, what is wrong with it."""
    number = 0
    try:
        for number, content in packed_lines(file, heard):
            if content is None or content.strip():
                yield f"{file.name} line {number}", "line too long" if content is None else _parsed(content)
    except FileNotFoundError:
        raise
    except DAMAGED:
        yield f"{file.name} line {number + 1}", "damaged archive"


def _parsed(content: bytes) -> Row | str:
    try:
        row = json.loads(content.decode())
    except UnicodeDecodeError:
        return "not UTF-8 text"
    except (ValueError, RecursionError):
        return "not JSON"
    return row if isinstance(row, dict) else "not an object"


def title_of(row: Row) -> str:
    """The title of a row's page, empty when it has none; a link to a part of another page names no page."""
    title = " ".join(_text(row.get("title")).split())
    href = " ".join(_text(row.get("href")).replace("_", " ").split())
    return href if title and href and "#" not in href else title


def _read(where: str, row: Row) -> Iterator[Read]:
    title, text = title_of(row), row.get("text")
    if fault := _fault(title, text):
        yield Skipped(where, fault)
        return
    links, left_out = _links(row, str(text))
    if {"id", "url"} <= row.keys() and "links" not in row:
        text, links = extracted(str(text))
    aliases = (" ".join(_text(row.get("title")).split()), *_strings(row.get("aliases")))
    yield Document(
        title=title,
        text=str(text),
        links=links[:MOST_LINKS],
        url=_text(row.get("url")),
        kind=_kind(title),
        aliases=tuple(name for name in dict.fromkeys(aliases) if name and name != title),
        types=_types(row),
    )
    yield from (Skipped(where, why) for why in left_out)
    if len(links) > MOST_LINKS:
        yield Skipped(where, "too many links")


def _types(row: Row) -> tuple[str, ...]:
    told = (*_strings(row.get("categories")), *_strings(row.get("types")))
    return tuple(dict.fromkeys(part for one in told for part in _BROADER.split(one)))


def _fault(title: str, text: object) -> str:
    if not title:
        return "no title"
    if not isinstance(text, str) or not text.strip():
        return "no text"
    if len(text) > LONGEST_TEXT:
        return "text too long"
    return "" if _encodes(title) and _encodes(text) else "half a surrogate pair"


def _links(row: Row, text: str) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """The links of a row, and what is wrong with those that are left out."""
    given = row.get("links")
    given = given[: MOST_LINKS + 1] if isinstance(given, list) else []
    placed = [link for link in map(_placed, given) if link and 0 <= link.start < link.end <= len(text)]
    titles = [title for title in map(_text, given) if title and _encodes(title)]
    left_out = ("bad link",) if len(placed) + len(titles) < len(given) else ()
    return (*sorted(placed), *(located(text, titles) if titles else ())), left_out


def _placed(link: object) -> Link | None:
    if not isinstance(link, dict):
        return None
    start, end, target = link.get("start"), link.get("end"), _text(link.get("target"))
    return Link(start, end, target) if type(start) is type(end) is int and target and _encodes(target) else None


def _kind(title: str) -> Kind:
    if title.endswith("(disambiguation)"):
        return "disambiguation"
    return "list" if title.startswith(("List of ", "Lists of ")) else "article"


def _strings(value: object) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    return tuple(text for text in map(_text, several) if text and _encodes(text))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""Documents from a folder: Markdown, plain text, web pages and PDFs, linked as they link to each other."""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import unquote

from hcsp.names import key
from worlds.corpus.deadline import SECONDS, Parser
from worlds.corpus.document import Document, Link, Read, Skipped
from worlds.corpus.limits import MOST_LINKS
from worlds.corpus.packed import Heard, unheard
from worlds.corpus.parsed import Parsed, Unreadable
from worlds.corpus.parsing import READERS
from worlds.corpus.walking import shown, walk

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_INDEX = ("index.html", "index.htm", "index.md", "README.md")


@dataclass
class _Titles:
    """Whose title a path, a file's name or a title's key is."""

    by_path: dict[str, str] = field(default_factory=dict)
    by_stem: dict[str, str] = field(default_factory=dict)
    by_title: dict[str, str] = field(default_factory=dict)

    def add(self, where: str, title: str) -> None:
        self.by_path[where] = title
        self.by_stem.setdefault(key(PurePosixPath(where).stem), title)
        self.by_title.setdefault(key(title), title)

    def target(self, where: str, written: str) -> str:
        """The title that a link on the page `where` leads to, empty when it leads out of the documents read."""
        if written.startswith("[["):
            name = written[2:-2].partition("#")[0].strip()
            return self.by_title.get(key(name)) or self.by_stem.get(key(name.rpartition("/")[2])) or name
        address = re.split(r"[?#]", written, maxsplit=1)[0]
        if not address or _ELSEWHERE.match(written):
            return ""
        inside = (
            unquote(address).lstrip("/")
            if address.startswith("/")
            else f"{posixpath.dirname(where)}/{unquote(address)}"
        )
        path = posixpath.normpath(inside.lstrip("/"))
        names = (path, *(f"{path}{end}" for end in READERS), *(posixpath.normpath(f"{path}/{name}") for name in _INDEX))
        return next((title for name in names if (title := self.by_path.get(name))), "")


def read_folder(path: Path, seconds: float = SECONDS, heard: Heard = unheard) -> Iterator[Read]:
    """The documents below a folder in the order of their paths, links by the titles of the documents they lead to.

    A title is what the file says (front matter, first heading, `title`, metadata), else the file's name without its
    end, underscores as spaces. Relative addresses are resolved as on a site whose root is the folder, with or without
    the end of the name; wiki links by title, then by file name, and kept as written when they lead to neither. Links
    that lead elsewhere are left out. `url` is the path below the folder.

    Whatever is not read is skipped and told first. Every file has `seconds` to be parsed, in a process that is killed
    when they are over. Parsed documents wait in a temporary file until all titles are known; the first of several
    documents of one title stays. Raises `NotADirectoryError`, and `ValueError` without the extra `documents`.
    """
    if not path.is_dir():
        raise NotADirectoryError(f"{path} is not a folder")
    titles = _Titles()
    with TemporaryFile("w+", encoding="ascii") as waiting:
        yield from _gather(path, seconds, titles, waiting, heard)
        waiting.seek(0)
        for line in waiting:
            yield from _linked(line, titles)


def _gather(root: Path, seconds: float, titles: _Titles, waiting: IO[str], heard: Heard) -> Iterator[Skipped]:
    taken: set[str] = set()
    with Parser(seconds) as parser:
        for found in walk(root, READERS):
            if isinstance(found, Skipped):
                yield found
                continue
            where = shown(root, found)
            heard(found.stat().st_size)
            try:
                parsed = parser.parse(found)
            except Unreadable as why:
                yield Skipped(where, str(why))
                continue
            title = parsed.title or PurePosixPath(where).stem.replace("_", " ").strip()
            if title in taken:
                yield Skipped(where, "duplicate title")
            else:
                taken.add(title)
                titles.add(where, title)
                waiting.write(json.dumps([where, parsed._replace(title=title)]) + "\n")


def _linked(line: str, titles: _Titles) -> Iterator[Read]:
    where, (title, text, links, aliases, types) = json.loads(line)
    parsed = Parsed(title, text, tuple(Link(*link) for link in links), tuple(aliases), tuple(types))
    kept = [Link(link.start, link.end, to) for link in parsed.links if (to := titles.target(where, link.target))]
    yield Document(
        title=title,
        text=text,
        links=tuple(kept[:MOST_LINKS]),
        url=where,
        aliases=parsed.aliases,
        types=parsed.types,
    )
    if len(kept) > MOST_LINKS:
        yield Skipped(where, "too many links")

"""The pages of a MediaWiki XML export, one at a time, plain or packed, sound or damaged."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from worlds.corpus.document import Skipped
from worlds.corpus.packed import Heard, open_heard, packing, unheard
from worlds.corpus.site import Site

LARGEST = 2 * 1024 * 1024
"""Code points of wikitext that a page may have: what MediaWiki itself lets a page have in bytes."""

EXPECTED = "expected a MediaWiki XML export (.xml, .xml.gz, .xml.bz2, .xml.xz), which begins with <mediawiki>"
_AT_ONCE = 1 << 18
_SILENT = 1 << 26
_DEEPEST = 50
_DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError)
_MAGIC = 6


class Page(NamedTuple):
    """A page as exported, its last revision.

    Attributes:
        text: None where the export withholds it.
        size: of the whole text in code points; more than `LARGEST` when `text` was cut there.
        redirect: the title that it leads to, or empty.
        site: the wiki that it is of.
    """

    title: str
    namespace: str
    model: str
    text: str | None
    size: int
    redirect: str
    site: Site


def read_pages(path: Path, heard: Heard = unheard) -> Iterator[Page | Skipped]:
    """Every page of an export, in order; memory is bounded by the largest page that is kept, not by the file.

    Where a file ends too early, is damaged or is not XML from some place on, what came before stays and the rest is
    one `Skipped` with line and byte. Raises `ValueError` for what is no export, for one with a document type (exports
    have none, and entities are never expanded), and for one that is unreadable from the start.
    """
    pages = _Pages()
    parser = etree.XMLParser(target=pages, resolve_entities=False, no_network=True, load_dtd=False)
    fed = silent = 0
    try:
        for block in _blocks(path, heard):
            before = pages.heard
            fed += len(block)
            parser.feed(block)
            yield from pages.taken()
            silent = 0 if pages.heard > before else silent + len(block)
            if silent > _SILENT:
                raise OSError(f"{_SILENT >> 20} MB without a tag or text")
        parser.close()
    except _Refused as refused:
        raise ValueError(f"{path}: {refused}; {EXPECTED}") from None
    except (etree.XMLSyntaxError, *_DAMAGED) as error:
        yield from pages.taken()
        if not pages.count:
            raise ValueError(f"{path}: no page can be read: {_unreadable(error)}") from None
        yield Skipped(_where(error, fed), _why(error))
    if not pages.count:
        raise ValueError(f"{path} holds no page; {EXPECTED}")


class _Refused(Exception):
    """The input is not what it should be, whatever follows."""


class _Pages:
    """What the parser tells; a page is handed on when it is complete."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.found: list[Page] = []
        self.count = self.heard = self.size = 0
        self.base, self.namespaces = "", list[tuple[str, int]]()
        self.site = Site.of()
        self.kept: list[str] | None = None
        self.page: dict[str, str] = {}

    def taken(self) -> list[Page]:
        found, self.found = self.found, []
        return found

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _Refused(f"it has a document type {name!r}, whose entities may grow without end, and no export has one")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if not self.path and name != "mediawiki":
            raise _Refused(f"it begins with <{name}>")
        self.heard += 1
        self.path.append(name)
        if len(self.path) > _DEEPEST:
            raise OSError(f"elements nested deeper than {_DEEPEST}")
        match self.path[1:]:
            case ["page"]:
                self.page = {}
            case ["page", "redirect"]:
                self.page["redirect"] = attributes.get("title", "")
            case ["page", "revision", "text"]:
                self.page["hidden"] = "yes" if "deleted" in attributes else ""
                self.kept, self.size = [], 0
            case ["page", "title" | "ns"] | ["page", "revision", "model"] | ["siteinfo", "base"]:
                self.kept, self.size = [], 0
            case ["siteinfo", "namespaces", "namespace"]:
                self.page = {"key": attributes.get("key", "")}
                self.kept, self.size = [], 0

    def data(self, text: str) -> None:
        self.heard += 1
        if self.kept is not None:
            if self.size <= LARGEST:
                self.kept.append(text[: LARGEST + 1])
            self.size += len(text)

    def end(self, tag: str) -> None:
        path = self.path[1:]
        self.path.pop()
        if self.kept is not None:
            self.told(path, "".join(self.kept))
            self.kept = None
        if path == ["siteinfo"]:
            self.site = Site.of(self.base, self.namespaces)
        elif path == ["page"]:
            self.count += 1
            self.found.append(self.complete())

    def told(self, path: list[str], text: str) -> None:
        if path == ["siteinfo", "base"]:
            self.base = text
        elif path[0] == "siteinfo":
            key = self.page["key"]
            self.namespaces += [(text, int(key))] if key.removeprefix("-").isdecimal() else []
        elif path[0] == "page":
            self.page[path[-1]] = text
            if path[-1] == "text":
                self.page["size"] = str(self.size)

    def complete(self) -> Page:
        told = self.page
        text = None if told.get("hidden") else told.get("text")
        title, redirect, space = (told.get(key, "").strip() for key in ("title", "redirect", "ns"))
        return Page(
            title, space or "0", told.get("model", "wikitext"), text, int(told.get("size", "0")), redirect, self.site
        )

    def comment(self, text: str) -> None:
        self.heard += 1

    def close(self) -> None:
        return None


def _blocks(path: Path, heard: Heard) -> Iterator[bytes]:
    """The unpacked bytes; all that precede a damage come before the error."""
    with _opened(path, heard) as stream:
        while block := stream.read1(_AT_ONCE):
            yield block


@contextmanager
def _opened(path: Path, heard: Heard) -> Iterator[BufferedReader | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]:
    with open_heard(path, heard) as stream:
        match packing(stream.peek(_MAGIC)):
            case ".gz":
                with gzip.GzipFile(fileobj=stream) as unpacked:
                    yield unpacked
            case ".bz2":
                with bz2.BZ2File(stream) as unpacked:
                    yield unpacked
            case ".xz":
                with lzma.LZMAFile(stream) as unpacked:
                    yield unpacked
            case _:
                yield stream


def _where(error: Exception, fed: int) -> str:
    line = f"line {error.lineno}, " if isinstance(error, etree.XMLSyntaxError) else ""
    return f"{line}byte {fed} of the unpacked file at most"


def _unreadable(error: Exception) -> str:
    """What is wrong with a file that gave no page at all, and what to do."""
    if isinstance(error, EOFError):
        return f"the archive ends before the first page does; get the file again; {EXPECTED}"
    if not isinstance(error, etree.XMLSyntaxError):
        return f"the archive is damaged ({error}); get the file again; {EXPECTED}"
    message = (error.msg or "it is empty").partition(", line ")[0]
    line, column = error.position
    if "encoding" in message or "UTF-8" in message:
        message = "bytes that are not in the encoding that its first line declares, which is UTF-8 where none does"
    return f"{message} (line {line}, column {column}); {EXPECTED}"


def _why(error: Exception) -> str:
    if isinstance(error, etree.XMLSyntaxError):
        return f"the rest is broken XML: {error.msg.partition(', line ')[0]}"
    if isinstance(error, EOFError):
        return "the file ends too early"
    return f"the rest is damaged: {error}"

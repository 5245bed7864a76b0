"""Bytes as text, without guessing."""

import codecs
import re

from worlds.corpus.parsed import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,30})""", re.IGNORECASE)
_HEAD = 1024
_LATIN = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
_DECLARED = re.compile(
    r"utf-?8|cp1252|windows-125\d|iso-8859-([2-9]|1[013456])|koi8-[ru]|shift_jis|euc-(jp|kr)|iso-2022-jp|gbk|gb2312|gb18030"
    "|big5"
)


def decoded(content: bytes, declared: str = "") -> str:
    """Text in the encoding that its byte order mark names, else in the declared one, else in UTF-8.

    Raises `Unreadable`: what has null bytes is binary. Nothing is guessed, so that a file in an encoding that
    nothing names is told of rather than read wrongly.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _decoded(content.removeprefix(mark), name)
    if b"\0" in content:
        raise Unreadable("binary file")
    return _decoded(content, declared or "utf-8")


def declared_encoding(content: bytes) -> str:
    """The encoding that a web page declares in its first kilobyte, as browsers read it; empty when none is known."""
    found = _META.search(content[:_HEAD])
    name = found[1].decode("ascii").lower() if found else ""
    name = _LATIN.get(name, name)
    return name if _DECLARED.fullmatch(name) else ""


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        raise Unreadable(f"not {name} text") from None
    if "\0" in text:
        raise Unreadable("binary file")
    return text

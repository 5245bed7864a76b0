"""Lines of a file that may be packed, one at a time, however long they are."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

SUFFIXES = (".gz", ".bz2", ".xz")
LONGEST = 32 << 20
"""Bytes of the longest line that is kept; of a longer one only its number is told."""
DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""What reading a truncated or corrupt archive raises."""

_CHUNK = 1 << 20
_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A line by its number, from 1 on, without its end; `content` is `None` when it is longer than `LONGEST`."""

    number: int
    content: bytes | None


def open_packed(path: Path) -> BinaryIO:
    """The unpacked bytes of a plain, `.gz`, `.bz2` or `.xz` file."""
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    if path.suffix == ".bz2":
        return cast(BinaryIO, bz2.open(path, "rb"))
    return cast(BinaryIO, lzma.open(path, "rb")) if path.suffix == ".xz" else path.open("rb")


def unpacked_name(path: Path) -> str:
    """The name that the file has when unpacked."""
    return path.name.removesuffix(path.suffix) if path.suffix in SUFFIXES else path.name


def packed_lines(path: Path) -> Iterator[Line]:
    """The lines of a file without a byte order mark; raises one of `DAMAGED` where the archive breaks off."""
    with open_packed(path) as stream:
        number = 0
        while line := stream.readline(LONGEST + 1):
            number += 1
            fits = len(line) <= LONGEST or line.endswith(b"\n")
            if not fits:
                _skip(stream)
            content = line.removeprefix(_MARK) if number == 1 else line
            yield Line(number, content.rstrip(b"\r\n") if fits else None)


def _skip(stream: BinaryIO) -> None:
    while (part := stream.readline(_CHUNK)) and not part.endswith(b"\n"):
        pass

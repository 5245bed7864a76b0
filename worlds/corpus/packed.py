"""Lines of a file that may be packed, one at a time, however long they are."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

_MAGIC = {".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ\0"}
SUFFIXES = tuple(_MAGIC)
LONGEST = 32 << 20
"""Bytes of the longest line that is kept; of a longer one only its number is told."""
DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""What reading a truncated or corrupt archive raises."""

_UNPACKING: dict[str, object] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_CHUNK = 1 << 20
_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A line by its number, from 1 on, without its end; `content` is `None` when it is longer than `LONGEST`."""

    number: int
    content: bytes | None


Heard = Callable[[int], object]
"""Told of the bytes that were read from the file as it lies on the disk, packed or not."""


class _Overheard(io.FileIO):
    """A file that tells how much of it is read."""

    def __init__(self, path: Path, heard: Heard) -> None:
        super().__init__(path)
        self._heard = heard

    def readinto(self, buffer: Any, /) -> int:
        read = super().readinto(buffer) or 0
        self._heard(read)
        return read


def unheard(read: int) -> None:
    """Nobody is told."""


@contextmanager
def open_heard(path: Path, heard: Heard) -> Iterator[io.BufferedReader]:
    """The bytes of a file, with word of every read."""
    with _Overheard(path, heard) as raw, io.BufferedReader(raw, _CHUNK) as stream:
        yield cast(io.BufferedReader, stream)


@contextmanager
def open_packed(path: Path, heard: Heard = unheard) -> Iterator[BinaryIO]:
    """The unpacked bytes of a plain, `.gz`, `.bz2` or `.xz` file."""
    with open_heard(path, heard) as stream:
        if path.suffix not in SUFFIXES:
            yield stream
            return
        unpacking = cast(Callable[[BinaryIO], BinaryIO], _UNPACKING[path.suffix])
        with unpacking(stream) as unpacked:
            yield unpacked


def packing(start: bytes) -> str:
    """The end of the name of what begins so: `.gz`, `.bz2`, `.xz`, or empty when it is not packed."""
    return next((suffix for suffix, magic in _MAGIC.items() if start.startswith(magic)), "")


def unpacked_name(path: Path) -> str:
    """The name that the file has when unpacked."""
    return path.name.removesuffix(path.suffix) if path.suffix in SUFFIXES else path.name


def packed_lines(path: Path, heard: Heard = unheard) -> Iterator[Line]:
    """The lines of a file without a byte order mark; raises one of `DAMAGED` where the archive breaks off."""
    with open_packed(path, heard) as stream:
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

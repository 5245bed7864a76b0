"""Flat files that are mapped, not parsed: strings with offsets, and sorted integer keys."""

import mmap
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


class StringWriter:
    """Writes `path.bin` (UTF-8, end to end) and, at the end, `path.npy` (byte offsets, one more than strings)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ends = array("Q", [0])

    def __enter__(self) -> Self:
        self._out = self._path.with_suffix(".bin").open("wb")
        return self

    def __exit__(self, *error: object) -> None:
        self._out.close()
        np.save(self._path.with_suffix(".npy"), np.array(self._ends, dtype=np.uint64))

    def add(self, value: str) -> None:
        """Write one more string."""
        self._ends.append(self._ends[-1] + self._out.write(value.encode()))

    def passing(self, values: Iterable[str]) -> Iterator[str]:
        """Hand strings on as they are written."""
        for value in values:
            self.add(value)
            yield value


def write_strings(path: Path, values: Iterable[str]) -> None:
    """Write strings as `Strings` reads them."""
    with StringWriter(path) as out:
        for value in values:
            out.add(value)


class Strings(Sequence[str]):
    """The strings of `write_strings`, read in place; the bytes are mapped when first asked for."""

    def __init__(self, path: Path) -> None:
        self._offsets = memoryview(np.load(path.with_suffix(".npy"), mmap_mode="r"))
        with path.with_suffix(".bin").open("rb") as source:
            empty = self._offsets[-1] == 0
            self._bytes: mmap.mmap | bytes = b"" if empty else mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        if len(self._bytes) != self._offsets[-1]:
            raise ValueError(f"{path.name}.bin has {len(self._bytes)} bytes, not {self._offsets[-1]}")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._raw(index).decode()

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))

    def find(self, value: str) -> int | None:
        """The index of `value` in a store written in sorted order; `None` when it is not there."""
        wanted = value.encode(errors="surrogatepass")
        at = bisect_left(range(len(self)), wanted, key=self._raw)
        return at if at < len(self) and self._raw(at) == wanted else None

    def _raw(self, index: int) -> bytes:
        """UTF-8, whose bytes sort as the strings do."""
        return self._bytes[self._offsets[index] : self._offsets[index + 1]]


def spans(keys: Keys, low: NDArray[np.uint64], high: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The indices of all sorted `keys` that lie in one of the half-open ranges `low[i]..high[i]`, range after range."""
    first, last = np.searchsorted(keys, low), np.searchsorted(keys, high)
    lengths = last - first
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    found: NDArray[np.int64] = np.arange(int(lengths.sum()), dtype=np.int64) - before + np.repeat(first, lengths)
    return found

"""More than memory should hold, in order: values by name, and names with numbers, kept in files meanwhile."""

import heapq
import mmap
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

RUN = 1 << 20
"""How many names are sorted in memory at a time."""


class Spool:
    """Strings put down under names in any order, and read back in the order of the names.

    The names stay in memory, the strings lie in the file `path` until the block ends.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._out = path, path.open("w+b")
        self._ends = array("Q", [0])
        self._arrived: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._out.close()
        self._path.unlink()

    def put(self, name: str, value: str) -> int:
        """Take one more string; returns how many came before it."""
        self._ends.append(self._ends[-1] + self._out.write(value.encode()))
        self._arrived.append(name)
        return len(self._arrived) - 1

    def sort(self, what: str) -> NDArray[np.uint64]:
        """Put the names in order; returns the place of each in order of arrival.

        Raises `ValueError`, calling it `what`, when a name came twice.
        """
        self._out.flush()
        self._order = sorted(range(len(self._arrived)), key=self._arrived.__getitem__)
        self.names = [self._arrived[n] for n in self._order]
        twice = next((a for a, b in pairwise(self.names) if a == b), None)
        if twice is not None:
            raise ValueError(f"{what} {twice!r} stands twice in the input")
        places = np.empty(len(self._order), dtype=np.uint64)
        places[self._order] = np.arange(len(self._order), dtype=np.uint64)
        self._arrived.clear()
        return places

    def values(self) -> Iterator[str]:
        """The strings in the order of their names, after `sort`."""
        if not self._ends[-1]:
            yield from ("" for _ in self._order)
            return
        with mmap.mmap(self._out.fileno(), 0, access=mmap.ACCESS_READ) as held:
            for n in self._order:
                yield held[self._ends[n] : self._ends[n + 1]].decode()


def numbered_names(pairs: Iterable[tuple[str, int]], folder: Path) -> Iterator[tuple[str, int]]:
    """All the pairs of names and numbers, sorted by name; the folder holds what memory does not.

    Names hold no character that sorts before a space.
    """
    lines = (f"{name}\t{number}\n" for name, number in pairs)
    runs: list[Iterable[str]] = []
    while run := sorted(islice(lines, RUN)):
        runs.append(run if len(run) < RUN else _kept(run, folder / f"run-{len(runs)}"))
    return ((name, int(number)) for name, _, number in (line.rpartition("\t") for line in heapq.merge(*runs)))


def _kept(run: list[str], path: Path) -> Iterator[str]:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(run)
    return _read(path)


def _read(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as source:
        yield from source
    path.unlink()

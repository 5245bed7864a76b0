"""Growing sets of tasks that share marks with as few other tasks as possible."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from random import Random

import networkx as nx
import numpy as np
from numpy.typing import NDArray

HUBS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
"""A mark of more tasks than that is a hub; without hubs the tasks fall into pieces, for each of these in other ones."""

Marks = Sequence[Collection[str]]
Whole = NDArray[np.int64]


class Grower:
    """Grows sets of tasks, each away from those before; what is next to one is out of reach for the others.

    A set takes single tasks, or pieces into which the tasks fall once hubs are disregarded: a piece may be cheap where
    its first task alone is not. The price is the number of tasks that it sets aside (neighbours not touched so far,
    less those taken, which come back if they were) for each task that it brings. Of equal prices the piece is taken
    whose cell is least full for its size, and of these the first in an order drawn by the seed.

    With a tenth each for test and dev, tasks set aside, of 2,000 and 6,703 tasks whose variables are drawn by walks
    over the facts of `codex-labelled`, entities of more than 50 facts (more than 1,000) left out: tasks at random
    640 and 4,337 (1,001 and 4,766), the cheapest pieces for the best hub 0 and 1,165 (0 and 1,043), single tasks by
    their price 8 and 782 (56 and 1,172), both together as here 0 and 616 (0 and 1,024).
    """

    def __init__(self, marks: Marks, cells: Sequence[str], largest: int, rng: Random) -> None:
        """`marks` and `cells` of each task; no set is to have more than `largest`.

        A unit is what is taken at once: `beside` it are its tasks and their neighbours (`near`). `touching` and
        `holding` are per task the units that it is beside, and in; `gone` tells what is out of reach.
        """
        self.near = neighbours(marks)
        singles = [(n,) for n in range(len(marks))]
        pieces = (p for hub in HUBS for p in _pieces(marks, hub) if 1 < len(p) <= largest)
        self.units = list(dict.fromkeys([*singles, *pieces]))
        self.beside = [np.array(sorted({m for n in unit for m in self.near[n]}), np.int64) for unit in self.units]
        self.touching = _inverse(self.beside, len(marks))
        self.holding = _inverse(self.units, len(marks))
        self.gone = np.zeros(len(marks), bool)
        self.drawn = np.array(rng.sample(range(len(self.units)), len(self.units)), np.int64)
        _, self.cells, self.sizes = np.unique(np.array(cells, str), return_inverse=True, return_counts=True)
        self.cell_of = self.cells[[unit[0] for unit in self.units]]

    def grow(self, size: int, start: Sequence[int] = ()) -> list[int]:
        """A set of so many tasks, or as many as there are left to take, those of `start` among them."""
        growth = _Growth(self)
        for n in start:
            growth.take((n,))
        while (unit := growth.cheapest(size - len(growth.chosen))) is not None:
            growth.take(self.units[unit])
        self.gone |= growth.touched
        return growth.chosen


class _Growth:
    """One set while it grows.

    Attributes:
        chosen: its tasks.
        touched: per task whether it is in the set, next to it, or out of reach from the start.
        fresh: per unit how many tasks beside it are untouched.
        left: per unit how many of its tasks could still be taken.
    """

    def __init__(self, of: Grower) -> None:
        self._of = of
        self.chosen: list[int] = []
        self.touched = of.gone.copy()
        self.fresh: Whole = np.array([np.count_nonzero(~self.touched[near]) for near in of.beside], np.int64)
        free = [not of.gone[list(unit)].any() for unit in of.units]
        self.left: Whole = np.array([len(u) * f for u, f in zip(of.units, free, strict=True)], np.int64)
        self._filled: Whole = np.zeros(len(of.sizes), np.int64)

    def cheapest(self, room: int) -> int | None:
        """The unit to take next; `None` when there is no room, or nothing that fits."""
        units = np.flatnonzero((self.left > 0) & (self.left <= room))
        if not len(units):
            return None
        price = (self.fresh[units] - self.left[units]) / self.left[units]
        units = units[price == price.min()]
        fullness = (self._filled / self._of.sizes)[self._of.cell_of[units]]
        units = units[fullness == fullness.min()]
        return int(units[self._of.drawn[units].argmin()])

    def take(self, unit: Sequence[int]) -> None:
        """Have the tasks of a unit in the set, those that it does not have yet."""
        for n in unit:
            if n not in self.chosen:
                self.chosen.append(n)
                self.left[self._of.holding[n]] -= 1
                self._filled[self._of.cells[n]] += 1
                self._touch(n)

    def _touch(self, n: int) -> None:
        for other in self._of.near[n]:
            if not self.touched[other]:
                self.touched[other] = True
                self.fresh[self._of.touching[other]] -= 1


def neighbours(marks: Marks) -> list[list[int]]:
    """Per task those that share a mark with it, itself among them."""
    having: dict[str, list[int]] = {}
    for n, own in enumerate(marks):
        for mark in own:
            having.setdefault(mark, []).append(n)
    return [sorted({n, *(other for mark in own for other in having[mark])}) for n, own in enumerate(marks)]


def _pieces(marks: Marks, hub: int) -> Iterator[tuple[int, ...]]:
    """The tasks without a mark of more than `hub` tasks, joined by the marks that they share."""
    counts = Counter(mark for own in marks for mark in own)
    graph: nx.Graph[int | str] = nx.Graph()
    for n, own in enumerate(marks):
        if all(counts[mark] <= hub for mark in own):
            graph.add_node(n)
            graph.add_edges_from((n, mark) for mark in own)
    found = (sorted(n for n in piece if isinstance(n, int)) for piece in nx.connected_components(graph))
    return (tuple(piece) for piece in sorted(found))


def _inverse(groups: Sequence[Collection[int]], tasks: int) -> list[Whole]:
    """Per task the groups that it is in."""
    found: list[list[int]] = [[] for _ in range(tasks)]
    for n, group in enumerate(groups):
        for task in group:
            found[int(task)].append(n)
    return [np.array(groups_of, np.int64) for groups_of in found]

"""Fact arrays: who is related to whom, as sorted integer keys that are mapped from disk."""

from array import array
from bisect import bisect_left
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from worlds.store import Keys, spans

ENTITY_BITS, RELATION_BITS = 26, 12
LAST_RELATION = (1 << RELATION_BITS) - 1
FEW = 16
"""Up to so many rows are read one by one, and kept; more in one sweep."""

KEPT = 1 << 16
"""Most rows that are kept of one map; beyond it they are read anew."""

_SHIFT, _ENTITY = np.uint64(ENTITY_BITS), np.uint64((1 << ENTITY_BITS) - 1)


def pack(first: Keys | int, second: Keys | int, third: Keys | int) -> Keys:
    """Keys `(relation, entity, entity)` that sort by their parts in order; a part one too large carries over."""
    a, b, c = (np.asarray(part, dtype=np.uint64) for part in (first, second, third))
    return (a << (_SHIFT + _SHIFT)) + (b << _SHIFT) + c


def unpack(keys: Keys) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The three parts of packed keys."""
    parts = keys >> (_SHIFT + _SHIFT), (keys >> _SHIFT) & _ENTITY, keys & _ENTITY
    return tuple(part.astype(np.intp) for part in parts)  # type: ignore[return-value]


def bitmap(members: NDArray[np.integer[Any]]) -> BitMap:
    """A set of dense ids, whatever their order; sorted ones are faster."""
    return BitMap(array("I", members.astype(np.uint32, copy=False).tobytes()))


def dense(members: BitMap) -> NDArray[np.uint64]:
    """The dense ids of a set, sorted."""
    return np.frombuffer(members.to_array(), dtype=np.uint32).astype(np.uint64)


def distinct(keys: Keys) -> Keys:
    """The keys sorted and each once; those given are sorted in place."""
    keys.sort()
    return keys if not len(keys) else keys[np.concatenate(([True], keys[1:] != keys[:-1]))]


def turned(keys: Keys) -> Keys:
    """The keys with their two entities changed round, sorted."""
    found = (keys >> (_SHIFT + _SHIFT)) << _SHIFT
    found |= keys & _ENTITY
    found <<= _SHIFT
    found |= (keys >> _SHIFT) & _ENTITY
    found.sort()
    return found


def of_relation(keys: Keys, relation: int) -> Keys:
    """Those sorted keys that are of one relation."""
    first, last = keys.searchsorted(pack(np.array([relation, relation + 1]), 0, 0))
    return keys[first:last]


class Pairs:
    """A relation-indexed multimap from entities to sets of entities, in one direction."""

    def __init__(self, path: Path) -> None:
        self._keys: Keys = np.load(path, mmap_mode="r").view(np.ndarray)
        self._view = memoryview(self._keys)
        self._rows: dict[tuple[int, int], BitMap] = {}

    def row(self, relation: int, entity: int) -> BitMap:
        """The partners of one entity; the set is shared, treat it as immutable."""
        key = (relation, entity)
        found = self._rows.get(key)
        if found is None:
            start = ((relation << ENTITY_BITS) + entity) << ENTITY_BITS
            if len(self._rows) >= KEPT:
                self._rows.clear()
            first = bisect_left(self._view, start)
            last = bisect_left(self._view, start + (1 << ENTITY_BITS), first)
            found = self._rows[key] = bitmap((self._keys[first:last] & _ENTITY).astype(np.uint32))
        return found

    def union(self, relation: int, entities: BitMap) -> BitMap:
        """All partners of any of the entities."""
        if len(entities) <= FEW:
            rows = [self.row(relation, e) for e in entities]
            return BitMap.union(*rows) if len(rows) > 1 else (rows or [BitMap()])[0]
        chosen = dense(entities)
        at = spans(self._keys, pack(relation, chosen, 0), pack(relation, chosen + np.uint64(1), 0))
        return bitmap(np.sort((self._keys[at] & _ENTITY).astype(np.uint32)))

    def partners(self, entity: int, relations: int) -> list[tuple[int, NDArray[np.uint32]]]:
        """Per relation that has any, the partners of one entity, sorted."""
        every = np.arange(relations, dtype=np.uint64)
        first = self._keys.searchsorted(pack(every, entity, 0))
        last = self._keys.searchsorted(pack(every, entity + 1, 0))
        return [
            (int(r), (self._keys[first[r] : last[r]] & _ENTITY).astype(np.uint32)) for r in np.nonzero(last > first)[0]
        ]

    def relation(self, relation: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """All pairs of a relation, as two arrays."""
        _, start, end = unpack(of_relation(self._keys, relation))
        return start, end

    def __len__(self) -> int:
        return len(self._keys)

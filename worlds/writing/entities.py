"""Entities as they stream by: their lines, ids, names and types, each in the order of the ids."""

from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from hcsp.names import key
from hcsp.nouns import ANYTHING
from worlds import canonical
from worlds.facts import ENTITY_BITS, distinct, pack
from worlds.model import Entity
from worlds.store import Keys, StringWriter, write_strings
from worlds.writing.spill import Spool, numbered_names

_PLACE, _LOW = np.uint64(ENTITY_BITS), np.uint64((1 << ENTITY_BITS) - 1)


def write_entities(
    entities: Iterable[Entity], path: Path, spill: Path, digest: canonical.Digest
) -> tuple[list[str], list[str]]:
    """Write entities, ids, names and types; returns the ids and the types, both in order."""
    types: dict[str, int] = {}
    typed = array("Q")
    with Spool(spill / "entities") as spool:
        names = numbered_names(_arriving(entities, spool, types, typed), spill)
        places = spool.sort("entity")
        np.save(path / "named.npy", _placed(_write_names(path / "names", names), places))
        with StringWriter(path / "entities") as out:
            digest.add(canonical.ENTITIES, out.passing(spool.values()))
    write_strings(path / "ids", spool.names)
    type_places = np.empty(len(types), dtype=np.uint64)
    type_places[[types[t] for t in sorted(types)]] = np.arange(len(types), dtype=np.uint64)
    np.save(path / "types.npy", _placed(typed, places, type_places))
    return spool.names, sorted(types)


def _arriving(
    entities: Iterable[Entity], spool: Spool, types: dict[str, int], typed: "array[int]"
) -> Iterator[tuple[str, int]]:
    """The names of each entity, which is put down with its types meanwhile."""
    for entity in entities:
        every = sorted({*entity.types, ANYTHING})
        number = spool.put(entity.id, canonical.entity_line(entity, every))
        typed.extend((types.setdefault(t, len(types)) << ENTITY_BITS) + number for t in every)
        yield from ((key(name), number) for name in (entity.id, entity.label, *entity.aliases))


def _write_names(path: Path, names: Iterable[tuple[str, int]]) -> "array[int]":
    """Write each name once; returns who goes by it, packed as (name, entity)."""
    named, last, number = array("Q"), None, -1
    with StringWriter(path) as out:
        for name, entity in names:
            if name != last:
                out.add(name)
                last, number = name, number + 1
            named.append((number << ENTITY_BITS) + entity)
    return named


def _placed(packed: "array[int]", places: Keys, first: Keys | None = None) -> Keys:
    """Packed pairs with the second part renumbered, and the first too where numbers for it are given."""
    keys = np.array(packed, dtype=np.uint64)
    head, tail = keys >> _PLACE, places[keys & _LOW]
    return distinct(pack(0, head if first is None else first[head], tail))

"""How well known the entities of a world are, counted from its facts."""

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from worlds.facts import unpack
from worlds.local import LocalWorld
from worlds.world import World

_RANKED: WeakKeyDictionary[LocalWorld, NDArray[np.float64]] = WeakKeyDictionary()


async def popularity(world: World, entity: str) -> float | None:
    """The entity's popularity percentile, 0 for the least known to 100, to one decimal.

    It is the share of the other entities with fewer facts about them, as subject or object, closure included. `None`
    where the world cannot count them all; raises `KeyError` for an unknown entity.
    """
    if not isinstance(world, LocalWorld):
        return None
    if world not in _RANKED:
        _RANKED[world] = percentiles(await asyncio.to_thread(_degrees, world.path, len(world.entity_ids)))
    return float(_RANKED[world][world.index(entity)])


def page_count(world: World) -> int | None:
    """How many pages the world has; `None` where nobody knows."""
    return len(world.page_ids) if isinstance(world, LocalWorld) else None


def degrees(facts: NDArray[np.uint64], literals: NDArray[np.uint64], size: int) -> NDArray[np.intp]:
    """Per dense id how many facts have the entity as subject or object; one with itself counts once.

    `facts` holds packed `(relation, subject, object)` keys and `literals` `(relation, subject, value)` keys.
    """
    _, subjects, objects = unpack(facts)
    _, holders, _ = unpack(literals)
    far = objects[subjects != objects]
    return sum((np.bincount(ends, minlength=size) for ends in (subjects, far, holders)), np.zeros(size, dtype=np.intp))


def percentiles(counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Per entity the percentage of the others that have a lower count, to one decimal."""
    lower = np.sort(counts).searchsorted(counts)
    return np.round(100 * lower / max(1, len(counts) - 1), 1)


def degrees_of(world: LocalWorld) -> NDArray[np.intp]:
    """The `degrees` of a built world."""
    return _degrees(world.path, len(world.entity_ids))


def _degrees(path: Path, size: int) -> NDArray[np.intp]:
    facts, literals = (np.load(path / name, mmap_mode="r").view(np.ndarray) for name in ("out.npy", "literals.npy"))
    return degrees(facts, literals, size)

"""`python -m worlds info`: what there is in a world."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from worlds.local import LocalWorld
from worlds.popularity import degrees_of

_TYPES, _RELATIONS = 15, 20
_QUANTILES = {"10 %": 0.1, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "90 %": 0.9, "99 %": 0.99, "max": 1.0}


async def describe(world: LocalWorld, called: str, console: Console) -> None:
    """Prints counts, degrees, types, relations, and where to see how many questions there are in it.

    `called` is what `--world` calls it.
    """
    counts = ", ".join(f"{n:,} {what}" for what, n in world.counts.items())
    console.print(f"[bold]{world.name}[/] version {world.version}: {counts}")
    console.print(_bounds(world.counts))
    console.print(_degrees(degrees_of(world)))
    types: Counter[str] = Counter()
    for entity in world.entity_ids:
        types.update((await world.entity(entity)).types)
    console.print(_table("type", "members", types.most_common(_TYPES)))
    labels = {r.id: r.label for r in (await world.relations()).values()}
    sizes = Counter(world.relation_sizes()).most_common(_RELATIONS)
    console.print(_table("relation", "facts with closure", [(f"{labels[r]} ({r})", n) for r, n in sizes]))
    console.print(f"how many can root a tree: python -m graph.rootable --world {called}", soft_wrap=True)


def _bounds(counts: Mapping[str, int]) -> str:
    if not counts.get("possible"):
        return "candidate sets: exact"
    return f"candidate sets: bounds, for {counts['possible']:,} further facts may hold (what is unique counts them in)"


def _degrees(found: NDArray[np.intp]) -> Table:
    """Facts an entity, closure included, as subject or object."""
    table = Table(*_QUANTILES, "mean", title="facts an entity, as subject or object", title_justify="left")
    if len(found):
        at = (np.quantile(found, share, method="lower") for share in _QUANTILES.values())
        table.add_row(*(f"{n:,}" for n in at), f"{found.mean():,.1f}")
    return table


def _table(what: str, how_many: str, rows: list[tuple[str, int]]) -> Table:
    table = Table(what, how_many)
    for name, number in rows:
        table.add_row(name, f"{number:,}")
    return table

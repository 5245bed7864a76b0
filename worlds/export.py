"""Writing a world in its neutral form."""

from collections.abc import Iterable
from pathlib import Path

from worlds import canonical
from worlds.build import appearing_whole
from worlds.local import LocalWorld


async def export(world: LocalWorld, out: Path) -> None:
    """Write the files of the neutral form to the new directory `out`, which appears whole or not at all."""
    entities = [await world.entity(e) for e in world.entity_ids]
    facts = sorted({fact for e in world.entity_ids for fact in await world.facts(e)})
    pages = [await world.page(p) for p in world.page_ids]
    relations = (await world.relations()).values()
    possible = world.possible()
    with appearing_whole(out) as draft:
        for name, lines in canonical.lines(entities, facts, pages, relations, possible):
            _write(draft / name, lines)


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in lines)

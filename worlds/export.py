"""Writing a world in its neutral form."""

from collections.abc import Iterable
from pathlib import Path

from worlds import canonical
from worlds.build import appearing_whole
from worlds.local import LocalWorld


async def export(world: LocalWorld, out: Path) -> None:
    """Write the files of the neutral form to the new directory `out`, which appears whole or not at all."""
    entities = [canonical.entity_line(await world.entity(e)) for e in world.entity_ids]
    facts = sorted({fact for e in world.entity_ids for fact in await world.facts(e)})
    pages = [canonical.page_line(await world.page(p)) for p in world.page_ids]
    possible = world.possible()
    with appearing_whole(out) as draft:
        _write(draft / canonical.ENTITIES, entities)
        _write(draft / canonical.FACTS, map(canonical.fact_line, facts))
        _write(draft / canonical.PAGES, pages)
        _write(draft / canonical.RELATIONS, map(canonical.relation_line, (await world.relations()).values()))
        if possible:
            _write(draft / canonical.POSSIBLE, map(canonical.fact_line, possible))


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in lines)

"""The reward sheets of exported tasks, one JSON text a task."""

from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any

from tasks.exports.options import Options
from tasks.exports.packed import world_of
from tasks.exports.source import Source
from tasks.trajectories.making import sheet_from_record, sheet_of
from tasks.trajectories.sheet import Sheet
from worlds.opening import is_live
from worlds.world import World

WHOLE, QUOTED = "of the whole world", "of the pages that the record quotes"


async def write_sheets(source: Source, options: Options, path: Path) -> dict[str, Any]:
    """Write the sheets into a file, a line a task, in order; gives how many are of what.

    They are made from the world of the tasks where it is at hand. Raises `OSError` or `ValueError` when a world is
    named and is not theirs.
    """
    counts = {WHOLE: 0, QUOTED: 0}
    with path.open("w", encoding="utf-8") as out:
        async for sheet in _sheets(source, _world(source, options)):
            counts[WHOLE if sheet.whole else QUOTED] += 1
            out.write(f"{sheet.model_dump_json()}\n")
    return {"reward sheets": {what: n for what, n in counts.items() if n}}


def read_sheets(path: Path) -> Generator[str, None, None]:
    """The sheets of such a file as they stand in rows."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        yield from (line.rstrip("\n") for line in lines)


async def _sheets(source: Source, world: World | None) -> AsyncIterator[Sheet]:
    for record in source.everything():
        yield sheet_from_record(record) if world is None else await sheet_of(record, world)


def _world(source: Source, options: Options) -> World | None:
    """The world of the tasks; `None` where it is not at hand, or is live and would have to be asked."""
    if options.world is None and _is_away(source):
        return None
    return world_of(source, options)


def _is_away(source: Source) -> bool:
    first = next(source.everything())
    settings = source.run.manifest.settings if source.run else first.provenance["settings"]
    name = str(settings["world"])
    if is_live(name):
        return True
    try:
        world_of(source, Options())
    except (OSError, ValueError):
        return True
    return False

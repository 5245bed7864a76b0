"""Writing a packed search environment."""

from pathlib import Path
from typing import Any, get_args

from tasks.exports.environment import PAGES, SHEETS, TASKS, Searchable
from tasks.exports.options import Options
from tasks.exports.packing import distracting, mattering
from tasks.exports.reaching import Reached, reached
from tasks.exports.source import Source
from tasks.exports.tables import File, write_rows
from tasks.queries import TOP
from tasks.record import TaskRecord
from tasks.trajectories.making import sheet_of
from tasks.trajectories.sheet import Sheet
from worlds.model import Page
from worlds.opening import open_world
from worlds.retrieval import NAME
from worlds.world import World


async def pack(source: Source, folder: Path, options: Options) -> tuple[tuple[File, ...], dict[str, Any]]:
    """Write pages and tasks into `folder`; gives the files, and how the tasks' evidence is reached among the pages.

    Raises `OSError` or `ValueError` when the world cannot be opened or is not the one that the tasks were made in.
    """
    world = world_of(source, options)
    matter: set[str] = set()
    others: set[str] = set()
    for record in source.everything():
        own = await mattering(record, world)
        matter |= own
        others |= set(await distracting(record, world, own, options.distractors))
    pages = [await world.page(page) for page in sorted(matter | others)]
    sheets = [await sheet_of(record, world) for record in source.everything()]
    files = (
        write_rows(folder / PAGES, pages, Page),
        write_rows(folder / TASKS, source.everything(), TaskRecord),
        write_rows(folder / SHEETS, sheets, Sheet),
    )
    searchable, found = Searchable(pages), dict[str, Reached]()
    for record in source.everything():
        found[record.id] = await reached(record, world, searchable)
    details = {
        "world": {"name": world.name, "version": world.version, "sha256": world.sha256},
        "retriever": NAME,
        "top": TOP,
        "pages": {"matter": len(matter), "distract": len(others - matter)},
        "reached": {how: n for how in get_args(Reached) if (n := list(found.values()).count(how))},
        "out_of_reach": [task for task, how in found.items() if how == "not"],
    }
    return files, details


def world_of(source: Source, options: Options) -> World:
    """The world that all tasks were made in: the one named, the run's, or that of the first task."""
    first = next(source.everything())
    settings = source.run.manifest.settings if source.run else first.provenance["settings"]
    world = open_world(options.world or str(settings["world"]))
    for record in source.everything():
        made_in = record.provenance["world"]
        if made_in["sha256"] != world.sha256:
            raise ValueError(
                f"task {record.id} was made in {made_in['name']} {made_in['version']}, this world is {world.name} "
                f"{world.version}; name the right one with --world"
            )
    return world

"""What a world's pages add to a record: the text around each quote, and the titles of pages that it names by id."""

from collections.abc import Iterator
from typing import Any

from tasks.record import TaskRecord
from worlds.world import World

AROUND = 160
"""Most characters on either side of a quote."""


async def surroundings(record: TaskRecord, world: World | None) -> dict[str, Any]:
    """`contexts`, what stands before and after a quote by its `page:start`, and `titles` by page.

    Without a world no contexts, and only the titles that the record itself gives. A world has to be of the record's
    version.
    """
    titles = {e["page"]: e["title"] for e in _evidence(record)}
    if world is None:
        return {"contexts": {}, "titles": titles}
    around = [(f"{e['page']}:{e['start']}", await _around(e, world)) for c in record.constraints for e in c["evidence"]]
    for page in sorted(_named(record) - titles.keys()):
        if title := await _title(page, world):
            titles[page] = title
    return {"contexts": {place: found for place, found in around if found}, "titles": titles}


async def _around(quoted: dict[str, Any], world: World) -> tuple[str, str] | None:
    """Nothing where the quote is no longer at its place."""
    try:
        text = (await world.page(quoted["page"])).text
    except KeyError:
        return None
    start, end = quoted["start"], quoted["end"]
    return (_before(text[:start]), _after(text[end:])) if text[start:end] == quoted["quote"] else None


async def _title(page: str, world: World) -> str | None:
    try:
        return (await world.page(page)).title
    except KeyError:
        return None


def _evidence(record: TaskRecord) -> Iterator[dict[str, Any]]:
    for part in (*record.constraints, *record.certificate["rivals"]):
        yield from part.get("evidence", ())


def _named(record: TaskRecord) -> set[str]:
    """Pages of the route, and the entities of rivals, which in our worlds have a page of the same id."""
    certificate = record.certificate
    pages = {page for hop in certificate["route"] for page in hop["pages"]}
    return pages | {entity for rival in certificate["rivals"] for entity in rival["witness"].values()}


def _before(text: str) -> str:
    """The last words, not cut in two."""
    return text if len(text) <= AROUND else "… " + text[-AROUND:].partition(" ")[2]


def _after(text: str) -> str:
    return text if len(text) <= AROUND else text[:AROUND].rpartition(" ")[0] + " …"

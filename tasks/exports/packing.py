"""Choosing the pages of a search environment."""

from collections.abc import Iterator
from itertools import zip_longest

from hcsp.constraints import TypeConstraint
from tasks.record import TaskRecord, tree_of
from tasks.unaided import quoted
from worlds.world import World


async def mattering(record: TaskRecord, world: World) -> frozenset[str]:
    """The pages that a task is about: all that it quotes, of its tree's entities and constants, of its route.

    Raises `ValueError` when the world does not hold a quoted page as the record quotes it.
    """
    tree = tree_of(record)
    found: set[str] = set()
    for field, said in quoted(record):
        if said.page not in found and await world.quote(said.page, said.start, said.end) != said:
            raise ValueError(f"task {record.id}, {field}: the page {said.page!r} does not hold its quote")
        found.add(said.page)
    for entity in (*tree.entities.values(), *tree.constants):
        found |= {entity} if await _has_page(world, entity) else set()
    return frozenset(found | {page for hop in record.certificate["route"] for page in hop["pages"]})


async def distracting(record: TaskRecord, world: World, matter: frozenset[str], most: int) -> tuple[str, ...]:
    """The first pages that the world's search gives for the question and for each clause, and that do not matter.

    The best of every query first, then the second best of every query, up to `most` pages.
    """
    surfaces = {c["id"]: c["surface"] for c in record.constraints}
    clauses = (surfaces[c.id] for c in tree_of(record).constraints if not isinstance(c, TypeConstraint))
    found: dict[str, None] = {}
    lists = [[h.page for h in await world.search(q, len(matter) + most)] for q in (record.question, *clauses)]
    for page in _by_rank(lists):
        if len(found) == most:
            break
        if page not in matter:
            found[page] = None
    return tuple(found)


def _by_rank(lists: list[list[str]]) -> Iterator[str]:
    return (page for rank in zip_longest(*lists) for page in rank if page is not None)


async def _has_page(world: World, entity: str) -> bool:
    """In our worlds the page about an entity is the one with its id; a world may have none."""
    try:
        await world.page(entity)
    except KeyError:
        return False
    return True

"""Whether the evidence of a task can still be found when only some pages of its world are there."""

from typing import Any, Literal, cast

from hcsp.names import occurring
from hcsp.retrieval import reach
from roles.leakage import names_of
from tasks.exports.environment import Searchable
from tasks.queries import TOP, language, retrieve
from tasks.record import TaskRecord, tree_of
from tasks.trails import trail_of
from worlds.model import Hit
from worlds.world import World

Reached = Literal["by its route", "by another route", "not", "not checked"]


async def reached(record: TaskRecord, world: World, pages: Searchable) -> Reached:
    """How a search among `pages` comes to everything that the question says; not checked for tasks without a route."""
    if not record.certificate["route"]:
        return "not checked"
    if await holds(record, world, pages):
        return "by its route"
    surfaces = {c["id"]: c["surface"] for c in record.constraints}
    inside = cast(World, _Inside(world, pages))
    found = reach(await retrieve(inside, tree_of(record), record.question, surfaces))
    return "not" if found.floor is None else "by another route"


async def holds(record: TaskRecord, world: World, pages: Searchable) -> bool:
    """Whether the queries of the certificate's route bring every fact and show every name that they use in time."""
    tree = tree_of(record)
    entities = {e: await world.entity(e) for e in (*tree.entities.values(), *sorted(tree.constants))}
    surfaces = {c["id"]: c["surface"] for c in record.constraints}
    labels = {e: entity.label for e, entity in entities.items()}
    uses = {q.text: q.name for q in reversed(language(tree, record.question, surfaces, labels))}
    held: set[str] = set()
    for hop in record.certificate["route"]:
        name = uses.get(hop["query"])
        if name is not None and not any(_shows(pages, page, list(names_of(entities[name]))) for page in held):
            return False
        held |= {hit.page for hit in pages.search(hop["query"], TOP)}
    states = (await trail_of(world, tree, tree.clues)).states
    return all(stating & held for facts in states.values() for stating in facts)


def _shows(pages: Searchable, page: str, names: list[str]) -> bool:
    found = pages.page(page)
    return bool(occurring(names, f"{found.title} {found.text}"))


class _Inside:
    """A world of which only some pages are found."""

    def __init__(self, world: World, pages: Searchable) -> None:
        self._world, self._pages = world, pages

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        return self._pages.search(query, k)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

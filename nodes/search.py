"""The Browser gathers the pages to read about the newest variable."""

from typing import Any

from graph.context import Deps
from graph.state import Growth, State, parse, update
from hcsp.constraints import child_of


async def search(state: State, *, deps: Deps) -> dict[str, Any]:
    """The entity's own page and what search returns for its name; pages already gathered are kept."""
    growth = parse(state)
    vertex = newest(growth)
    if vertex in growth.pages:
        return {}
    world, browser = await deps.world(growth.settings), await deps.browser(growth.settings)
    found = await browser.gather(world, growth.grown.entities[vertex])
    return update(pages={**growth.pages, vertex: found})


def newest(growth: Growth) -> str:
    """The variable that the last action added."""
    action = growth.next
    return action.vertex if action.edge is None else child_of(action.edge)

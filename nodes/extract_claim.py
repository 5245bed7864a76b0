"""The Browser makes claims of the pages it gathered, each with the words that say it."""

from typing import Any

from graph.context import Deps
from graph.state import State, packed, parse, update
from nodes.search import newest


async def extract_claim(state: State, *, deps: Deps) -> dict[str, Any]:
    """The claims about the newest variable's entity."""
    growth = parse(state)
    vertex = newest(growth)
    if vertex in growth.claims:
        return {}
    world, browser = await deps.world(growth.settings), await deps.browser(growth.settings)
    entity = growth.grown.entities[vertex]
    claims = await browser.extract(world, entity, growth.pages[vertex])
    return update(claims={**growth.claims, vertex: packed(claims, entity)})

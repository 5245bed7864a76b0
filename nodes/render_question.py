"""The Writer turns the tree into one question, its sub-questions and its growth ladder."""

from typing import Any

from graph.context import Deps
from graph.state import State, parse, update


async def render_question(state: State, *, deps: Deps) -> dict[str, Any]:
    """The wording of the whole tree."""
    growth = parse(state)
    world = await deps.world(growth.settings)
    writer = await deps.writer(growth.settings, world)
    labels = {e: (await world.entity(e)).label for e in growth.grown.entities.values()}
    return update(wording=await writer.write(growth.grown, labels, growth.wording_seed))

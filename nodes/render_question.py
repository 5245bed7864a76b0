"""The Writer turns the tree into one question, its sub-questions and its growth ladder."""

from typing import Any

from graph.context import Deps
from graph.state import State, parse, update
from nodes.examined import examined


async def render_question(state: State, *, deps: Deps) -> dict[str, Any]:
    """The wording of the whole tree. A model is asked only for what code has nothing against: calls cost money."""
    growth = parse(state)
    world = await deps.world(growth.settings)
    writer = await deps.writer(growth.settings, world)
    labels = {e: (await world.entity(e)).label for e in growth.grown.entities.values()}
    wording = await writer.draft(growth.grown, labels, growth.wording_seed)
    if writer.asks and (await examined(growth, world, wording)).passes:
        wording = await writer.write(growth.grown, labels, growth.wording_seed)
    return update(wording=wording)

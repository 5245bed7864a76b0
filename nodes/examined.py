"""The tree of a run and a wording of it, examined by its settings."""

from graph.state import Growth
from roles.writer import Wording
from tasks.examination import Examined, examine
from worlds.world import World


async def examined(growth: Growth, world: World, wording: Wording) -> Examined:
    """All that code finds wrong with a wording of the tree."""
    settings = growth.settings
    return await examine(
        world, growth.grown, wording, settings.preset, settings.max_popularity, searching=settings.retrieves
    )

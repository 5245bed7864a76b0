"""Where the facts behind a tree's possible constraints stand."""

from collections.abc import Iterable

from hcsp.constraints import Constraint
from hcsp.trail import Trail
from hcsp.tree import ResearchTree
from tasks.needs import Grounds, Need
from worlds.world import World


async def trail_of(world: World, tree: ResearchTree, options: Iterable[Constraint]) -> Trail:
    """The pages of every fact that the tree's edges and the `options` of its variables rest on."""
    grounds = Grounds(world)
    states: dict[str, tuple[frozenset[str], ...]] = {}
    for constraint in (*tree.edges, *options):
        needs = await grounds.needs(constraint, tree.entities)
        states[constraint.id] = tuple([pages for need in needs for pages in await _pages(world, need)])
    return Trail(states)


async def _pages(world: World, need: Need) -> list[frozenset[str]]:
    """Per step of the first fact of a need the pages that state it."""
    steps = await world.steps(need[0])
    return [frozenset(s.page for s in await world.stated(step)) for step in steps]

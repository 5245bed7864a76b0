"""Where the facts behind a tree's possible constraints stand."""

from collections.abc import Iterable

from hcsp.constraints import Constraint
from hcsp.trail import Trail
from hcsp.tree import ResearchTree
from tasks.evidence import pages_of
from tasks.needs import Grounds
from worlds.world import World


async def trail_of(world: World, tree: ResearchTree, options: Iterable[Constraint]) -> Trail:
    """The pages of every fact that the tree's edges and the `options` of its variables rest on."""
    grounds = Grounds(world)
    states: dict[str, tuple[frozenset[str], ...]] = {}
    for constraint in (*tree.edges, *options):
        needs = await grounds.needs(constraint, tree.entities)
        states[constraint.id] = tuple([frozenset(pages) for need in needs for pages in await pages_of(world, need)])
    return Trail(states)

"""Where the facts behind a tree's possible constraints stand."""

from collections.abc import Iterable
from itertools import chain

from hcsp.constraints import Constraint
from hcsp.trail import Trail
from hcsp.tree import ResearchTree
from tasks.evidence import pages_of
from tasks.needs import Grounds, Need
from worlds.world import World


async def trail_of(world: World, tree: ResearchTree, options: Iterable[Constraint]) -> Trail:
    """The pages of every fact that the tree's edges and the `options` of its variables rest on."""
    grounds = Grounds(world)
    stating: dict[Need, tuple[frozenset[str], ...]] = {}  # a dozen options may rest on one fact
    states: dict[str, tuple[frozenset[str], ...]] = {}
    for constraint in (*tree.edges, *options):
        needs = await grounds.needs(constraint, tree.entities)
        for need in needs:
            if need not in stating:
                stating[need] = await pages_of(world, need)
        states[constraint.id] = tuple(chain.from_iterable(stating[need] for need in needs))
    return Trail(states)

"""Where the facts behind a tree's possible constraints stand."""

from collections.abc import Iterable

from hcsp.constraints import Constraint
from hcsp.trail import Trail
from hcsp.tree import ResearchTree
from tasks.evidence import fact_of
from worlds.model import Fact
from worlds.world import World


async def trail_of(world: World, tree: ResearchTree, options: Iterable[Constraint]) -> Trail:
    """The pages of every fact that the tree's edges and the `options` of its variables rest on."""
    states: dict[str, tuple[frozenset[str], ...]] = {}
    facts = {v: await world.facts(e) for v, e in tree.entities.items()}
    for constraint in (*tree.edges, *options):
        fact = fact_of(constraint, tree.entities, facts[constraint.vertex])
        steps = await world.steps(fact) if fact else ()
        states[constraint.id] = tuple([await _pages(world, step) for step in steps])
    return Trail(states)


async def _pages(world: World, fact: Fact) -> frozenset[str]:
    return frozenset(statement.page for statement in await world.stated(fact))

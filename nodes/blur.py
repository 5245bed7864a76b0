"""Blur: the clues of a variable are chosen so that it stands alone and every clue is needed."""

from itertools import chain
from random import Random
from typing import Any

from graph.context import Deps
from graph.state import Growth, State, parse, update
from hcsp.constraints import Constraint
from hcsp.selection import Pools, Refusal, choose_clues
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from roles.options import constraints, other_end
from tasks.trails import trail_of
from worlds.world import World


async def blur(state: State, *, deps: Deps) -> dict[str, Any]:
    """New clues for the action's variable, or the reason why none do."""
    growth = parse(state)
    world = await deps.world(growth.settings.world)
    source = await world.frame(growth.grown)
    vertex = growth.next.vertex
    pools = await _pools(growth, vertex, world, source)
    rng = Random(f"{growth.seed}:{growth.step}:blur")
    whole = vertex == growth.grown.root
    trail = await trail_of(world, growth.grown, chain.from_iterable(pools.values())) if whole else None
    try:
        tree = choose_clues(
            growth.grown, vertex, pools, source, growth.settings.preset, rng, frozenset(growth.settings.scarce), trail
        )
    except Refusal as why:
        return update(refusal=str(why))
    return update(tree=tree)


async def _pools(growth: Growth, vertex: str, world: World, source: CandidateSource) -> Pools:
    """Per variable at and below `vertex`, what its claims could ask, with ids that no other clue has."""
    tree = growth.grown
    names = [await world.entity(e) for e in tree.entities.values()]
    secrets = [name for e in names for name in (e.label, *e.aliases)]
    return {v: await _pool(growth, tree, v, secrets, world, source) for v in tree.below(vertex)}


async def _pool(
    growth: Growth, tree: ResearchTree, vertex: str, secrets: list[str], world: World, source: CandidateSource
) -> list[Constraint]:
    entity = tree.entities[vertex]
    pool: dict[str, Constraint] = {}
    for n, claim in enumerate(growth.claims_of(vertex)):
        far = other_end(claim.fact, entity)
        if claim.fact.relation in growth.settings.avoid or far in tree.entities.values():
            continue
        labels = {} if far is None else {far: (await world.entity(far)).label}
        for m, clue in enumerate(constraints(claim, entity, vertex, labels, secrets, source)):
            pool.setdefault(_asked(clue), clue.model_copy(update={"id": f"{vertex}{n}.{m}"}))
    return list(pool.values())


def _asked(clue: Constraint) -> str:
    """What a clue asks, whatever claim it comes from."""
    return clue.model_copy(update={"id": ""}).model_dump_json()

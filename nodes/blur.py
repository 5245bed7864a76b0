"""Blur: the clues of a variable are chosen so that it stands alone and every clue is needed."""

from itertools import chain
from random import Random
from typing import Any

from graph.context import Deps
from graph.state import Growth, State, parse, update
from hcsp.constraints import Constraint
from hcsp.selection import Pools, Refusal, choose_clues
from hcsp.source import CandidateSource
from nodes.pools import pool_of
from roles.derived import chords
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
    whole = vertex == growth.grown.root and growth.settings.optimised
    trail = await trail_of(world, growth.grown, chain.from_iterable(pools.values())) if whole else None
    try:
        tree = choose_clues(
            growth.grown, vertex, pools, source, growth.settings.preset, rng, frozenset(growth.settings.scarce), trail
        )
    except Refusal as why:
        return update(refusal=str(why))
    return update(tree=tree)


async def _pools(growth: Growth, vertex: str, world: World, source: CandidateSource) -> Pools:
    """Per variable at and below `vertex` what could be asked of it, with ids that no other clue has."""
    tree = growth.grown
    pools: dict[str, list[Constraint]] = {}
    for v in tree.below(vertex):
        offered = await pool_of(growth, v, world, source)
        if v == tree.root and growth.settings.chords:
            offered += await chords(tree, world)
        pools[v] = [clue.model_copy(update={"id": f"{v}{n}"}) for n, clue in enumerate(offered)]
    return pools

"""Blur: the clues of a variable are chosen so that it stands alone and every clue is needed."""

from itertools import chain
from random import Random
from typing import Any

from graph.context import Deps
from graph.state import Growth, State, parse, update
from hcsp.constraints import Constraint, anchor_of
from hcsp.selection import Pools, Refusal, choose_clues
from hcsp.source import CandidateSource
from hcsp.trail import Trail
from hcsp.tree import ResearchTree
from nodes.pools import pool_of
from roles.derived import chords
from tasks.trails import trail_of
from worlds.world import World


async def blur(state: State, *, deps: Deps) -> dict[str, Any]:
    """New clues for the action's variable, those that the Planner prefers if they do, or the reason why none do."""
    growth = parse(state)
    world = await deps.world(growth.settings)
    source = await world.frame(growth.grown)
    vertex = growth.next.vertex
    pools = await _pools(growth, vertex, world, source)
    whole = vertex == growth.grown.root and growth.settings.optimised
    trail = await trail_of(world, growth.grown, chain.from_iterable(pools.values())) if whole else None
    planner = await deps.planner(growth.settings, world)
    plain = [clue for clue in pools[vertex] if anchor_of(clue) is None]
    liked = await planner.prefer(growth.grown.noun(vertex).type, plain, source)
    refused: dict[str, Any] = {}
    for offered in ([{**pools, vertex: liked}] if liked else []) + [pools]:
        try:
            return update(tree=_chosen(growth, offered, source, trail))
        except Refusal as refusal:
            refused = {"refusal": str(refusal), "blamed": refusal.blamed}
    return update(**refused)


def _chosen(growth: Growth, pools: Pools, source: CandidateSource, trail: Trail | None) -> ResearchTree:
    """The tree with clues out of the pools; raises `Refusal`."""
    settings, rng = growth.settings, Random(f"{growth.seed}:{growth.step}:blur")
    scarce = frozenset(settings.scarce)
    return choose_clues(growth.grown, growth.next.vertex, pools, source, settings.preset, rng, scarce, trail)


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

"""What the Planner sees of a run."""

from random import Random

from graph.state import Growth
from hcsp.nouns import ANYTHING, noun_of
from hcsp.preset import Preset
from hcsp.source import CandidateSource
from nodes.pools import pool_of
from roles.options import other_end
from roles.planner import Sight, Targets, View
from worlds.model import Fact
from worlds.world import World


def view_of(growth: Growth, world: World, source: CandidateSource) -> View:
    """The run as it stands; a variable is looked at closely when the Planner asks."""
    preset = growth.settings.preset
    targets = targets_of(preset, Random(f"{growth.seed}:targets"))

    async def look(vertex: str) -> Sight:
        return await _sight(growth, vertex, world, source) if vertex in growth.claims else Sight()

    return View(
        entity=growth.root,
        tree=growth.tree,
        preset=preset,
        targets=targets.model_copy(update={"variables": targets.variables + growth.grow}),
        smallest=Targets(variables=preset.variables[0] + growth.grow, levels=preset.levels[0]),
        look=look,
        seed=growth.seed,
        step=growth.step,
        tried=frozenset(growth.tried),
        blurred=tuple(growth.blurred),
        refusal=growth.refusal,
        blamed=growth.blamed,
        avoid=frozenset(growth.settings.avoid),
        scarce=frozenset(growth.settings.scarce),
        closed=frozenset(growth.settings.closed),
        repair=growth.repair,
    )


def targets_of(preset: Preset, rng: Random) -> Targets:
    """The size to grow to, drawn from those that the preset allows."""
    variables = rng.randint(*preset.variables)
    return Targets(variables=variables, levels=rng.randint(preset.levels[0], min(preset.levels[1], variables)))


async def _sight(growth: Growth, vertex: str, world: World, source: CandidateSource) -> Sight:
    entity, claims = growth.grown.entities[vertex], growth.claims_of(vertex)
    ties = [(far, claim.fact) for claim in claims if (far := other_end(claim.fact, entity)) is not None]
    vague = {far for far, _ in ties if noun_of((await world.entity(far)).types, source) == ANYTHING}
    distant = {far for far, fact in ties if await _is_distant(fact, entity, far, world)}
    pool = await pool_of(growth, vertex, world, source)
    return Sight(claims, pool, frozenset(vague), frozenset(distant))


async def _is_distant(fact: Fact, entity: str, far: str, world: World) -> bool:
    """Whether the tie between two entities stands on the far one's own page alone."""
    pages = {statement.page for step in await world.steps(fact) for statement in await world.stated(step)}
    return far in pages and entity not in pages

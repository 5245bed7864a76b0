"""What may be asked of a variable in the run as it stands."""

from graph.state import Growth, asked
from hcsp.constraints import Constraint
from hcsp.source import CandidateSource
from roles.offers import Secrets, offers
from worlds.world import World


async def pool_of(growth: Growth, vertex: str, world: World, source: CandidateSource) -> list[Constraint]:
    """Clues from the variable's claims that give nothing away, are no relation to avoid, and were not sent back."""
    tree, settings = growth.grown, growth.settings
    entity = tree.entities[vertex]
    secrets = Secrets([await world.entity(e) for e in tree.entities.values()])
    found = await offers(growth.claims_of(vertex), entity, vertex, world, source, str(settings.seed), settings.derived)
    return [
        clue
        for clue in found
        if getattr(clue, "relation", None) not in settings.avoid
        and not (growth.spent and asked(clue, entity) in growth.spent)
        and not secrets.told_by(clue)
    ]

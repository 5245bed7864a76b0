"""The words that state what a constraint says of an entity, and where they stand."""

from collections.abc import Iterable, Mapping, Sequence

from hcsp.tree import ResearchTree
from roles.browser import Claim
from tasks.needs import Grounds, Need
from worlds.model import Evidence, Fact
from worlds.world import World


async def quotes(world: World, fact: Fact, claims: Iterable[Claim] = ()) -> list[Evidence]:
    """A quote for every stated fact behind one, in order: where the Browser read it, else the first place there is.

    Raises `ValueError` when no page states one of them.
    """
    claim = next((c for c in claims if c.fact == fact), None)
    if claim is not None:
        return [await world.quote(*place) for place in claim.places]
    found = []
    for step in await world.steps(fact):
        places = await world.stated(step)
        if not places:
            raise ValueError(f"no page states {tuple(step)}")
        found.append(await world.quote(places[0].page, places[0].start, places[0].end))
    return found


async def evidence(
    world: World, tree: ResearchTree, values: Mapping[str, str], without: Iterable[str]
) -> list[Evidence]:
    """Quotes for the needs of every constraint that an assignment of all variables meets, `without` left out.

    What no page states has none: in a world of facts and pages from different hands that happens.
    """
    left_out, grounds = set(without), Grounds(world)
    found: list[Evidence] = []
    for constraint in tree.constraints:
        needs = () if constraint.id in left_out else await grounds.needs(constraint, values)
        found += [quote for need in needs if await is_told(world, need) for quote in await quotes(world, need[0])]
    return list(dict.fromkeys(found))


async def is_told(world: World, need: Need) -> bool:
    """Whether pages state the fact that would be quoted for a need, every step of it."""
    return all([await world.stated(step) for step in await _steps(world, need[0])])


async def pages_of(world: World, need: Need) -> tuple[frozenset[str], ...]:
    """The pages that meet a need: those that state any of its facts; a set for each step where it is only derived.

    None where no page states it.
    """
    steps = [await _steps(world, fact) for fact in need]
    if len(steps[0]) > 1:
        return tuple([await _stating(world, [step]) for step in steps[0]])
    return (await _stating(world, [taken[0] for taken in steps if len(taken) == 1]),)


async def _steps(world: World, fact: Fact) -> tuple[Fact, ...]:
    try:
        return await world.steps(fact)
    except KeyError:  # it follows from nothing that a page states
        return (fact,)


async def _stating(world: World, facts: Sequence[Fact]) -> frozenset[str]:
    return frozenset([statement.page for fact in facts for statement in await world.stated(fact)])

"""The words that state what a constraint says of an entity."""

from collections.abc import Iterable, Mapping, Sequence

from hcsp.constraints import Constraint, RangeConstraint, RelationConstraint, ToVertex
from hcsp.tree import ResearchTree
from roles.browser import Claim
from worlds.literals import interval
from worlds.model import Evidence, Fact
from worlds.world import World


def fact_of(constraint: Constraint, values: Mapping[str, str], facts: Iterable[Fact]) -> Fact | None:
    """The fact by which `values[vertex]` meets the constraint; `None` for a noun or when it does not meet it.

    `values` holds an entity per variable; `facts` the facts about the constraint's own entity.
    """
    if isinstance(constraint, RelationConstraint):
        target = constraint.target
        far = values[target.vertex] if isinstance(target, ToVertex) else target.entity
        ends = (values[constraint.vertex], far) if constraint.direction == "out" else (far, values[constraint.vertex])
        wanted = Fact(ends[0], constraint.relation, ends[1])
        return next((f for f in facts if f == wanted), None)
    if isinstance(constraint, RangeConstraint):
        mine = (f for f in facts if f.subject == values[constraint.vertex] and f.relation == constraint.relation)
        return next((f for f in mine if _inside(f, constraint)), None)
    return None


async def quotes(world: World, claims: Sequence[Claim], fact: Fact) -> list[Evidence]:
    """The places that the Browser quoted for a fact, in the order of its steps; none when it made no such claim."""
    claim = next((c for c in claims if c.fact == fact), None)
    return [await world.quote(*place) for place in claim.places] if claim else []


async def evidence(
    world: World, tree: ResearchTree, values: Mapping[str, str], without: Iterable[str]
) -> list[Evidence]:
    """One quote for every step of every constraint that an assignment of all variables meets, `without` left out."""
    left_out = set(without)
    found: list[Evidence] = []
    for constraint in tree.constraints:
        if constraint.id not in left_out:
            fact = fact_of(constraint, values, await world.facts(values[constraint.vertex]))
            found += [] if fact is None else await _stated(world, fact)
    return list(dict.fromkeys(found))


async def _stated(world: World, fact: Fact) -> list[Evidence]:
    """A quote for every stated fact behind one fact; raises `ValueError` when a page states none of a step."""
    found = []
    for step in await world.steps(fact):
        places = await world.stated(step)
        if not places:
            raise ValueError(f"no page states {tuple(step)}")
        found.append(await world.quote(places[0].page, places[0].start, places[0].end))
    return found


def _inside(fact: Fact, constraint: RangeConstraint) -> bool:
    if fact.kind not in ("time", "quantity"):
        return False
    span = interval(fact.object, fact.kind)
    within = float(constraint.low) <= float(span.low) and float(span.high) <= float(constraint.high)
    return within and span.unit == (constraint.unit or "")

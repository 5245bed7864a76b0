"""Does the blurred variable stand for one entity, and at the root: does the whole tree meet its preset?"""

from typing import Any

from graph.context import Deps
from graph.state import State, parse, update
from hcsp.certificate import certify
from hcsp.preset import failures
from hcsp.solver import Solver


async def check_uniqueness(state: State, *, deps: Deps) -> dict[str, Any]:
    """Settles the blurred variable, or refuses it with the first number that is missed."""
    growth = parse(state)
    if growth.refusal:
        return {}
    world = await deps.world(growth.settings)
    tree, vertex = growth.grown, growth.next.vertex
    source = await world.frame(tree)
    settled = [v for v in growth.blurred if v not in tree.below(vertex)] + list(tree.bottom_up(vertex))
    if vertex != tree.root:
        found = Solver(tree, source).candidates(vertex)
        if not found.proves_only(source.index(tree.entities[vertex])):
            return update(refusal=f"{vertex} is not unique: up to {len(found.upper)} candidates")
        return update(blurred=settled)
    certificate = certify(tree, source)
    missed = failures(certificate, growth.settings.preset, tree)
    if missed:
        return update(refusal=str(missed[0]), certificate=certificate)
    return update(blurred=settled, certificate=certificate)

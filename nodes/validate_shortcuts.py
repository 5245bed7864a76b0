"""The written question is attacked: accepted, sent back with reasons, or rejected for good."""

from typing import Any

from graph.context import Deps
from graph.state import Growth, State, Verdict, parse, update
from hcsp.certificate import Certificate, certify
from hcsp.preset import failures
from tasks.leakage import leaks
from tasks.queries import retrieve


async def validate_shortcuts(state: State, *, deps: Deps) -> dict[str, Any]:
    """The final certificate and audit, and what follows from them."""
    growth = parse(state)
    world = await deps.world(growth.settings.world)
    tree = growth.grown
    wording = growth.worded
    question = wording.question
    retrieved = await retrieve(world, tree, question, wording.surfaces) if growth.settings.retrieves else None
    certificate = certify(tree, await world.frame(tree), retrieved)
    entities = {v: await world.entity(e) for v, e in tree.entities.items()}
    leaked = leaks(question, tree, entities)
    audit = {"leaks": leaked, "not_checked": ["exposed", "ranks", "single_reading", "closed_book", "alternatives"]}
    reasons = (*_missed(growth, certificate), *(f"{names[0]!r} stands in the question" for names in leaked.values()))
    return update(certificate=certificate, audit=audit, **_decide(growth, reasons))


def _missed(growth: Growth, certificate: Certificate) -> list[str]:
    preset = growth.settings.preset
    unknown = [f"{field} is not computed" for field in preset.defined_by if field in certificate.not_checked]
    return [*unknown, *(str(f) for f in failures(certificate, preset, growth.grown))]


def _decide(growth: Growth, reasons: tuple[str, ...]) -> dict[str, Any]:
    if not reasons:
        return {"verdict": Verdict(status="accepted")}
    if growth.sent_back >= growth.settings.repairs:
        return {"verdict": Verdict(status="rejected", reasons=reasons)}
    unsettled = [v for v in growth.blurred if v != growth.grown.root]
    fewest, most = growth.settings.preset.variables
    more = max(growth.grow, min(growth.grow + 1, most - fewest))  # facts on more pages are harder to reach
    return {"refusal": reasons[0], "sent_back": growth.sent_back + 1, "blurred": unsettled, "grow": more}

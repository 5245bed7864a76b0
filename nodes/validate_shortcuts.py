"""The written question is attacked: accepted, sent back with a repair, or rejected for good."""

from typing import Any

from graph.context import Deps
from graph.state import Growth, State, Verdict, asked, parse, update
from hcsp.certificate import high, selectivity
from hcsp.solver import Solver
from nodes.examined import examined
from roles.chat.port import Chat
from roles.planner import Repair
from tasks.examination import Examined
from tasks.judging import judge
from tasks.repairs import repairs
from tasks.trying import tried
from worlds.world import World


async def validate_shortcuts(state: State, *, deps: Deps) -> dict[str, Any]:
    """The final certificate and audit, and what follows from them."""
    growth = parse(state)
    world = await deps.world(growth.settings)
    found = await examined(growth, world, growth.worded)
    if found.passes and (solver := await deps.solver(growth.settings)):
        found = await _tried(found, solver, growth, world)
    proved = {"certificate": found.certificate, "audit": found.audit}
    if found.passes:
        return update(**proved, verdict=Verdict(status="accepted"))
    tree, source = growth.grown, await world.frame(growth.grown)
    sizes = {c: high(n) for c, n in selectivity(Solver(tree, source)).items()}
    offered = repairs(found.missed, found.findings, found.certificate, tree, sizes, found.retrieved)
    return update(**proved, **sent_back(growth, tuple(map(str, (*found.missed, *found.findings))), offered))


async def _tried(found: Examined, solver: Chat, growth: Growth, world: World) -> Examined:
    """What stands so far is tried by a model: calls cost money, and what has failed already needs none."""
    said, settings = growth.worded, growth.settings
    attacked = await tried(
        found.audit,
        solver,
        world,
        growth.grown,
        said.question,
        said.surfaces,
        growth.wording_seed,
        closed_book=settings.closed_book,
        from_pages=settings.from_pages,
    )
    missed, findings = judge(found.certificate, attacked, settings.preset, growth.grown, settings.max_popularity)
    return found._replace(audit=attacked, missed=missed, findings=findings)


def sent_back(growth: Growth, reasons: tuple[str, ...], offered: list[Repair]) -> dict[str, Any]:
    """The first repair that is possible and was not tried yet; where there is none, or no more is allowed, the end."""
    able = (r for r in offered if _possible(r, growth) and _said(r, growth) not in growth.repaired)
    repair = next(able, None)
    if repair is None or growth.sent_back >= growth.settings.repairs:
        return {"verdict": Verdict(status="rejected", reasons=reasons)}
    tree = growth.grown
    changes: dict[str, Any] = {"refusal": "; ".join(reasons), "repair": repair, "sent_back": growth.sent_back + 1}
    changes["repaired"] = [*growth.repaired, _said(repair, growth)]
    if repair.kind != "reword":
        changes["blurred"] = [v for v in growth.blurred if v != tree.root]
    if repair.kind in ("fuzz", "move"):
        clue = next(c for c in tree.clues if c.id == repair.clue)
        changes["spent"] = [*growth.spent, asked(clue, tree.entities[clue.vertex])]
    if repair.kind == "deepen":
        changes["grow"] = growth.grow + 1
    return changes


def _possible(repair: Repair, growth: Growth) -> bool:
    preset, tree = growth.settings.preset, growth.grown
    if repair.kind == "deepen":
        return len(tree.variables) < preset.variables[1]
    if repair.kind == "cut":
        return len(tree.variables) > preset.variables[0]
    return True


def _said(repair: Repair, growth: Growth) -> str:
    """What is asked for, by entities, so that it is known again when the tree's ids have changed."""
    entity = growth.grown.entities.get(repair.vertex, "")
    clue = next((c for c in growth.grown.clues if c.id == repair.clue), None)
    return " ".join((repair.kind, asked(clue, entity) if clue else entity))

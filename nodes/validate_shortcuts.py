"""The written question is attacked: accepted, sent back with a repair, or rejected for good."""

from typing import Any

from graph.context import Deps
from graph.state import Growth, State, Verdict, asked, parse, update
from hcsp.certificate import certify, high, selectivity
from hcsp.solver import Solver
from roles.chat.port import Chat
from roles.planner import Repair
from tasks.audit import Audit, audit
from tasks.judging import judge
from tasks.queries import retrieve
from tasks.repairs import repairs
from tasks.trying import tried
from worlds.world import World


async def validate_shortcuts(state: State, *, deps: Deps) -> dict[str, Any]:
    """The final certificate and audit, and what follows from them."""
    growth = parse(state)
    world = await deps.world(growth.settings)
    tree, wording, preset = growth.grown, growth.worded, growth.settings.preset
    source = await world.frame(tree)
    searching = growth.settings.retrieves
    retrieved = await retrieve(world, tree, wording.question, wording.surfaces) if searching else None
    certificate = certify(tree, source, retrieved)
    attacked = await audit(
        world,
        tree,
        wording.question,
        wording.surfaces,
        preset.name,
        symbolic=wording.symbolic,
        searching=searching,
    )
    missed, findings = judge(certificate, attacked, preset, tree, growth.settings.max_popularity)
    if not missed and not findings and (solver := await deps.solver(growth.settings)):
        attacked = await _tried(attacked, solver, growth, world)
        missed, findings = judge(certificate, attacked, preset, tree, growth.settings.max_popularity)
    proved = {"certificate": certificate, "audit": attacked}
    if not missed and not findings:
        return update(**proved, verdict=Verdict(status="accepted"))
    sizes = {c: high(n) for c, n in selectivity(Solver(tree, source)).items()}
    offered = repairs(missed, findings, certificate, tree, sizes, retrieved)
    return update(**proved, **_sent_back(growth, tuple(map(str, (*missed, *findings))), offered))


async def _tried(attacked: Audit, solver: Chat, growth: Growth, world: World) -> Audit:
    """What stands so far is tried by a model: calls cost money, and what has failed already needs none."""
    said, settings = growth.worded, growth.settings
    return await tried(
        attacked,
        solver,
        world,
        growth.grown,
        said.question,
        said.surfaces,
        growth.wording_seed,
        closed_book=settings.closed_book,
        from_pages=settings.from_pages,
    )


def _sent_back(growth: Growth, reasons: tuple[str, ...], offered: list[Repair]) -> dict[str, Any]:
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

"""The Planner looks at the whole tree and takes one action; code checks that it is legal and carries it out."""

from collections.abc import Iterable
from typing import Any

from langgraph.runtime import Runtime

from graph.context import Context, Deps, settings_of
from graph.state import Growth, State, Verdict, parse, update
from hcsp.constraints import ToVertex, TypeConstraint
from hcsp.nouns import ANYTHING, noun_of
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree, seedling
from nodes.views import view_of
from roles.planner import Action
from worlds.model import Entity
from worlds.popularity import popularity
from worlds.world import World


async def expand_node(state: State, runtime: Runtime[Context], *, deps: Deps) -> dict[str, Any]:
    """Initialise, extend, hand on to blur, or terminate."""
    if _goes_on(state):
        growth, fresh = parse(state), {}
    else:
        growth = Growth(entity=state["entity"], asked=state["entity"], settings=settings_of(runtime))
        fresh = growth.model_dump(mode="json", exclude={"entity"})
    world = await deps.world(growth.settings)
    if not growth.root:
        found = await world.resolve(growth.entity)
        if verdict := await _refused(growth, found, world):
            return fresh | update(verdict=verdict)
        growth = growth.model_copy(update={"root": found[0].id})
    source = await world.frame(growth.tree or seedling(growth.root, ANYTHING))
    if growth.step >= growth.settings.max_steps:
        out_of_steps = f"no tree within {growth.settings.max_steps} steps; last: {growth.refusal or 'still growing'}"
        action = Action(kind="terminate", give_up=True, reason=out_of_steps)
    else:
        planner = await deps.planner(growth.settings, world)
        action = await planner.act(view_of(growth, world, source), source)
    return fresh | await _carry_out(action, growth, world, source)


def _goes_on(state: State) -> bool:
    """Whether the run is under way; a thread that has its verdict, or is asked about another entity, starts afresh."""
    return bool(state.get("settings")) and not state.get("verdict") and state.get("asked") == state["entity"]


async def _refused(growth: Growth, found: list[Entity], world: World) -> Verdict | None:
    """The choices or the closest names where the name does not denote one entity; or that it is too well known."""
    if len(found) == 1:
        known, most = await popularity(world, found[0].id), growth.settings.max_popularity
        if known is None or known <= most:
            return None
        return Verdict(status="rejected", reasons=(f"popularity: percentile {known:g}, at most {most:g} is wanted",))
    return Verdict(status="unknown", reasons=_choices(found) or tuple(await world.suggest(growth.entity)))


async def _carry_out(action: Action, growth: Growth, world: World, source: CandidateSource) -> dict[str, Any]:
    changes: dict[str, Any] = {"root": growth.root, "settings": growth.settings, "step": growth.step + 1}
    changes |= {"action": action, "refusal": "", "blamed": "", "repair": None, "certificate": None, "wording": None}
    if action.kind == "initialise":
        noun = noun_of((await world.entity(growth.root)).types, source)
        changes |= {"tree": seedling(growth.root, noun), "tried": [], "blurred": [], "grow": 0}
        return update(**changes, pages={}, claims={})
    tree = growth.grown
    if action.drop is not None:
        edge = tree.parent_edge(action.drop)
        parent = edge.vertex if edge else tree.root
        changes["tried"] = sorted({*growth.tried, f"{parent}:{tree.entities[action.drop]}"})
        growth = _unblur(growth, tree, parent)
        tree = tree.without(action.drop)
    if action.kind == "extend":
        growth = _unblur(growth, tree, action.vertex)
        tree = await _extended(tree, action, world, source)
    live = {v.id for v in tree.variables}
    kept = {"blurred": [v for v in growth.blurred if v in live], "claims": _only(growth.claims, live)}
    return update(**changes, **kept, tree=tree, pages=_only(growth.pages, live))


async def _extended(tree: ResearchTree, action: Action, world: World, source: CandidateSource) -> ResearchTree:
    if action.edge is None or not isinstance(action.edge.target, ToVertex) or action.edge.vertex != action.vertex:
        raise ValueError(f"an extend action needs an edge from {action.vertex!r} to a new variable")
    noun = noun_of((await world.entity(action.entity)).types, source)
    edge = action.edge.model_copy(update={"id": f"e{action.edge.target.vertex}"})
    child = edge.target
    assert isinstance(child, ToVertex)
    return tree.with_child(edge, TypeConstraint(id=f"n{child.vertex}", vertex=child.vertex, type=noun), action.entity)


def _unblur(growth: Growth, tree: ResearchTree, vertex: str) -> Growth:
    """The run with the clues of a variable and of all above it no longer settled."""
    above = {vertex}
    while (edge := tree.parent_edge(vertex)) is not None:
        vertex = edge.vertex
        above.add(vertex)
    return growth.model_copy(update={"blurred": [v for v in growth.blurred if v not in above]})


def _only(by_vertex: dict[str, Any], live: Iterable[str]) -> dict[str, Any]:
    return {v: found for v, found in by_vertex.items() if v in set(live)}


def _choices(found: list[Entity]) -> tuple[str, ...]:
    return tuple(f"{e.id}: {e.label} ({', '.join(t for t in e.types if t != 'entity')})" for e in found)

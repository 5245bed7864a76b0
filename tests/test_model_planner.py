"""The Planner played by a model: only legal actions are offered, and only what is offered can be chosen."""

from asyncio import run
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from opened import always
from scripted_chat import ScriptedChat, data_of, lines_of, replying
from tiny_world import build_tiny_world

from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from graph.state import Growth
from hcsp.constraints import Constraint, child_of
from hcsp.source import CandidateSource
from roles.chat.port import Request
from roles.model_planner import ModelPlanner, Option
from roles.options import other_end
from roles.planner import Action, Planner, View
from roles.symbolic_planner import SymbolicPlanner
from worlds.world import World

ENTITY = "Bela Dahm"


class Acting(ModelPlanner):
    """Leaves the clues to code: only actions are asked for."""

    async def prefer(self, noun: str, pool: Sequence[Constraint], source: CandidateSource) -> Sequence[Constraint]:
        return ()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_world(tmp_path_factory.mktemp("tiny"))


def grown(folder: Path, planner: Callable[[World], Planner], **settings: Any) -> Growth:
    """Where a run ends with a Planner."""
    deps = default_deps()
    world = run(deps.world(Context(world=str(folder))))
    mine = replace(deps, planner=always(planner(world)))
    return run(Runner(mine, None).run(Job(ENTITY, Context(world=str(folder), difficulty="easy", **settings))))


def choosing(number: Callable[[int], int]) -> ScriptedChat:
    """A mind that chooses by how many options there are."""

    async def mind(request: Request[Any], reason: str) -> Any:
        return {"option": number(len(lines_of(request, "options"))), "reason": "  because\n it is so "}

    return ScriptedChat(mind)


def test_the_first_option_is_the_rule(folder: Path) -> None:
    chat = choosing(lambda _: 1)
    plain = grown(folder, lambda _: SymbolicPlanner())
    played = grown(folder, lambda world: Acting(chat, world))
    assert plain.verdict is not None
    assert plain.verdict.status == "accepted"
    assert played.tree == plain.tree
    assert played.verdict == plain.verdict
    assert chat.requests, "there was something to choose"


class Watched(Acting):
    """Keeps what was offered and taken in which view."""

    def __init__(self, chat: ScriptedChat, world: World) -> None:
        super().__init__(chat, world)
        self.seen: list[tuple[View, list[Option]]] = []
        self.taken: list[Action] = []

    async def options(self, view: View, source: CandidateSource) -> list[Option]:
        self.seen.append((view, await super().options(view, source)))
        return self.seen[-1][1]

    async def act(self, view: View, source: CandidateSource) -> Action:
        self.taken.append(await super().act(view, source))
        return self.taken[-1]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_chosen_is_legal_and_the_run_ends_with_a_verdict(folder: Path, seed: int) -> None:
    rng = Random(f"{seed}:choices")
    chat = choosing(lambda options: rng.randint(1, options))
    planners: list[Watched] = []

    def planner(world: World) -> Planner:
        planners.append(Watched(chat, world))
        return planners[-1]

    done = grown(folder, planner, seed=seed)
    assert done.verdict is not None
    if done.verdict.status == "accepted":
        assert done.certificate is not None
        assert done.certificate.unique
    for watched in planners:
        for (view, offered), taken in zip(watched.seen, watched.taken, strict=True):
            assert taken.model_dump(exclude={"reason"}) in [o.action.model_dump(exclude={"reason"}) for o in offered]
            for option in offered[1:]:
                run(_is_legal(option.action, view))


async def _is_legal(action: Action, view: View) -> None:
    """What the design asks of an action, looked up in the view."""
    assert view.tree is not None
    tree = view.tree if action.drop is None else view.tree.without(action.drop)
    if action.kind == "extend":
        assert action.edge is not None
        sight = await view.look(action.vertex)
        ties = {(c.fact.relation, other_end(c.fact, tree.entities[action.vertex])) for c in sight.claims}
        assert (action.edge.relation, action.entity) in ties
        assert action.entity not in {*tree.entities.values(), *tree.constants, *view.closed}
        assert child_of(action.edge) not in tree.entities
        assert len(tree.variables) < view.preset.variables[1]
        assert f"{action.vertex}:{action.entity}" not in view.tried
    else:
        assert action.kind in ("blur", "terminate")
        assert action.vertex in tree.entities


@pytest.mark.slow
@pytest.mark.parametrize("option", [0, -1, 99])
def test_a_number_of_nothing_is_sent_back_and_then_the_rule_acts(folder: Path, option: int) -> None:
    chat = choosing(lambda _: option)
    played = grown(folder, lambda world: Acting(chat, world))
    assert played.tree == grown(folder, lambda _: SymbolicPlanner()).tree
    assert len(chat.reasons) == 3 * len(chat.requests)
    assert all(r.startswith(f"there is no step {option}; the allowed steps are numbered 1 to ") for r in chat.reasons)


@pytest.mark.slow
@pytest.mark.parametrize("reply", [None, {"option": "one", "reason": ""}, {"tree": {}}, {"option": 1}])
def test_no_reply_at_all_leaves_the_rule_to_act(folder: Path, reply: Any) -> None:
    chat = replying(reply)
    played = grown(folder, lambda world: Acting(chat, world))
    assert played.tree == grown(folder, lambda _: SymbolicPlanner()).tree


class GivingUp(SymbolicPlanner):
    """A rule that has no hope."""

    async def act(self, view: View, source: CandidateSource) -> Action:
        return Action(kind="terminate", give_up=True, reason="nothing fits")


def test_why_a_run_is_given_up_is_told_by_the_rule(folder: Path) -> None:
    planners: list[Watched] = []

    def planner(world: World) -> Planner:
        planners.append(Watched(choosing(lambda _: 1), world))
        return planners[-1]

    grown(folder, planner)
    world = run(default_deps().world(Context(world=str(folder))))
    view = next(view for w in planners for view, offered in w.seen if len(offered) > 1)
    source = run(world.frame(view.tree))
    given_up = run(ModelPlanner(choosing(lambda _: 1), world, GivingUp()).act(view, source))
    assert given_up == run(GivingUp().act(view, source))
    going_on = run(ModelPlanner(choosing(lambda _: 2), world, GivingUp()).act(view, source))
    assert (going_on.give_up, going_on.reason) == (False, "because it is so")


def test_the_model_sees_tree_target_refusal_and_the_names(folder: Path) -> None:
    chat = choosing(lambda _: 1)
    done = grown(folder, lambda world: Acting(chat, world))
    first = chat.requests[0]
    assert data_of(first, "tree").startswith(f"A ({ENTITY}): ")
    assert data_of(first, "refusal") == "none"
    assert all(line.strip() for request in chat.requests for line in lines_of(request, "options"))
    assert {r.role for r in chat.requests} == {"planner"}
    assert done.action is not None
    assert "\n" not in done.action.reason

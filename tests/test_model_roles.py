"""Runs in which every role is played by a model: a right one, one that rambles, and one that says nothing."""

from asyncio import run
from dataclasses import replace
from typing import Any

import pytest
from minds import Rambling, Scripted
from opened import always
from scripted_chat import Mind, ScriptedChat

from graph.context import Context, Deps
from graph.driver import Job, Runner
from graph.openers import default_deps
from graph.state import Growth
from roles.browser import Browser
from roles.chat.port import Request
from roles.lengths import MOST_WORDS
from roles.model_browser import ModelBrowser
from roles.model_planner import ModelPlanner
from roles.model_writer import ModelWriter
from roles.writer import Writer
from tasks.audit import Audit
from worlds.opening import open_world
from worlds.world import World

ATLAS = open_world("atlas")


def deps_of(chat: ScriptedChat) -> Deps:
    """Every role played by one chat, over atlas."""

    async def writer(settings: Context, world: World) -> Writer:
        labels = {r.id: r.label for r in (await world.relations()).values()}
        return ModelWriter(chat, world, labels, "plain", MOST_WORDS[settings.difficulty])

    async def browser(settings: Context) -> Browser:
        return ModelBrowser(chat, settings.max_claims, settings.time_varying, str(settings.seed))

    return replace(default_deps(), planner=always(ModelPlanner(chat, ATLAS)), browser=browser, writer=writer)


def played(mind: Mind, entity: str, **settings: Any) -> tuple[Growth, ScriptedChat]:
    """Where a run ends."""
    chat = ScriptedChat(mind)
    return run(Runner(deps_of(chat), None).run(Job(entity, Context(difficulty="easy", **settings)))), chat


@pytest.mark.parametrize("entity", ["Lise Meitner", "Albert Einstein", "helium"])
def test_right_replies_give_an_accepted_question(entity: str) -> None:
    done, chat = played(Scripted(ATLAS), entity)
    assert {r.prompt for r in chat.requests} == {
        "choose_action",
        "choose_constraints",
        "extract_claims",
        "write_question",
    }
    assert done.verdict is not None
    found = Audit.model_validate(done.audit)
    assert not found.leaks
    assert "single_reading" in found.not_checked
    assert not done.worded.symbolic
    assert done.verdict.status == "accepted"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_model_that_rambles_alters_nothing_that_was_not_proved(seed: int) -> None:
    done, chat = played(Rambling(ATLAS, str(seed)), "Niels Bohr", seed=seed)
    assert chat.reasons, "something was sent back"
    assert done.verdict is not None
    if done.verdict.status == "accepted":
        assert done.certificate is not None
        assert done.certificate.unique
        assert not Audit.model_validate(done.audit).leaks
    for vertex in done.claims:
        for claim in done.claims_of(vertex):
            steps = run(ATLAS.steps(claim.fact))
            for step, place in zip(steps, claim.places, strict=True):
                assert tuple(place) in [(s.page, s.start, s.end) for s in run(ATLAS.stated(step))]


def test_a_model_that_refuses_everything_leaves_the_work_to_the_rules() -> None:
    async def silent(request: Request[Any], reason: str) -> Any:
        return None

    done, chat = played(silent, "Niels Bohr")
    plain = run(Runner(default_deps(), None).run(Job("Niels Bohr", Context(difficulty="easy"))))
    assert done.tree == plain.tree
    assert done.claims == plain.claims
    assert done.verdict == plain.verdict
    assert done.worded.symbolic
    assert len(chat.reasons) == 3 * len(chat.requests)

"""Whole runs of the graph in process: what they accept, and that stepping, resuming and editing change nothing else."""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from opened import always
from pydantic import ValidationError
from tiny_world import LONER, TWINS, build_tiny_world

from graph.build import Graph, build_graph
from graph.context import Context
from graph.openers import default_deps
from graph.state import Growth, packed, parse, update
from hcsp.certificate import certify
from hcsp.preset import failures
from hcsp.solver import Solver
from hcsp.tree import ResearchTree
from roles.browser import Claim, Place
from roles.leakage import leaks
from roles.planner import Action, View
from roles.symbolic_planner import SymbolicPlanner
from roles.symbolic_writer import SymbolicWriter
from roles.writer import Wording
from tasks.queries import retrieve
from worlds.model import Fact
from worlds.opening import open_world

NODES = {
    "expand_node",
    "search",
    "extract_claim",
    "blur",
    "check_uniqueness",
    "terminate_depth",
    "render_question",
    "validate_shortcuts",
}
PEOPLE = ("Niels Bohr", "Marie Curie", "Albert Einstein", "Ernest Rutherford", "Isaac Newton")
HELD_UP = "Niels Bohr"
"""Whose run at `hard` is refused for a sub-question that is not its youngest."""
MOST = 20_000
"""The bytes of JSON that a state may take, and any one update of it."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The directory of a small built world."""
    return str(build_tiny_world(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def thread() -> RunnableConfig:
    """A thread to keep checkpoints under."""
    return {"configurable": {"thread_id": "a"}}


async def run(entity: str, **settings: Any) -> dict[str, Any]:
    """The final state of one undisturbed run."""
    return await build_graph().ainvoke({"entity": entity}, context=Context(**settings))


def ends(graph: Graph, source: str) -> set[str]:
    """Where the graph may go from a node."""
    return {edge.target for edge in graph.get_graph().edges if edge.source == source}


def test_the_nodes_are_the_eight_steps() -> None:
    assert set(build_graph().get_graph().nodes) == {"__start__", *NODES, "__end__"}


def test_validation_accepts_rejects_or_sends_back() -> None:
    graph = build_graph()
    assert ends(graph, "validate_shortcuts") == {"expand_node", "__end__"}
    assert ends(graph, "expand_node") == {"search", "blur", "terminate_depth", "__end__"}
    assert ends(graph, "terminate_depth") == {"expand_node", "render_question", "__end__"}


@pytest.mark.parametrize("difficulty", ["easy", "medium"])
async def test_what_is_accepted_stands_up_to_a_fresh_look(difficulty: str) -> None:
    growth = parse(await run("Niels Bohr", difficulty=difficulty))
    assert growth.verdict is not None
    assert growth.verdict.status == "accepted", growth.verdict.reasons
    tree, world, wording = growth.grown, open_world("atlas"), growth.wording
    assert wording is not None
    assert tree.levels >= 2
    again = certify(tree, world.source, await retrieve(world, tree, wording.question, wording.surfaces))
    assert growth.certificate == again
    assert failures(again, growth.settings.preset, tree) == []
    assert list(Solver(tree, world.source).answers().upper) == [world.index("niels-bohr")]
    entities = {v: await world.entity(e) for v, e in tree.entities.items()}
    assert leaks(wording.question, tree, entities) == {}
    assert wording.question.endswith("?")
    assert [s.vertex for s in wording.steps] == list(tree.bottom_up())
    assert set(wording.surfaces) == {c.id for c in tree.constraints}


async def test_most_well_known_people_are_accepted() -> None:
    verdicts = {name: (await run(name, difficulty="easy"))["verdict"] for name in PEOPLE}
    assert sum(v["status"] == "accepted" for v in verdicts.values()) >= len(PEOPLE) - 1, verdicts


async def test_every_clue_and_edge_of_an_accepted_tree_was_claimed() -> None:
    growth = parse(await run("Niels Bohr"))
    world = open_world("atlas")
    for vertex, entity in growth.grown.entities.items():
        for claim in growth.claims_of(vertex):
            assert entity in (claim.fact.subject, claim.fact.object)
            said = [
                (await world.stated(step), place)
                for step, place in zip(await world.steps(claim.fact), claim.places, strict=True)
            ]
            assert all((p.page, p.start, p.end) in [(s.page, s.start, s.end) for s in where] for where, p in said)


async def test_the_same_seed_gives_the_same_state_and_another_seed_another() -> None:
    first, second = [await run("Niels Bohr", seed=4) for _ in range(2)]
    assert json.dumps(first) == json.dumps(second)
    assert len({json.dumps((await run("Niels Bohr", seed=n))["tree"]) for n in range(3)}) > 1


@pytest.mark.parametrize("name", PEOPLE)
async def test_the_state_is_small_plain_json_at_every_step(name: str) -> None:
    async for kind, found in build_graph().astream({"entity": name}, stream_mode=["updates", "values"]):
        parts = found.values() if kind == "updates" else [found]
        for part in parts:
            assert len(json.dumps(part).encode()) < MOST
            assert json.loads(json.dumps(part)) == part


@pytest.mark.slow
async def test_settings_come_from_the_state_once_they_are_in_it(thread: RunnableConfig) -> None:
    undisturbed = await run("Niels Bohr", difficulty="easy", seed=3)
    graph = build_graph(checkpointer=InMemorySaver())
    asked = Context(difficulty="easy", seed=3)
    await graph.ainvoke({"entity": "Niels Bohr"}, thread, context=asked, interrupt_before=["search"])
    assert (await graph.aget_state(thread)).values["settings"] == asked.model_dump(mode="json")
    assert await graph.ainvoke(None, thread) == undisturbed


async def test_stepping_through_every_node_changes_nothing(thread: RunnableConfig) -> None:
    undisturbed = await run("Niels Bohr")
    graph = build_graph(checkpointer=InMemorySaver())
    stops = ["expand_node"]
    await graph.ainvoke({"entity": "Niels Bohr"}, thread, interrupt_before="*")
    while (state := await graph.aget_state(thread)).next:
        stops += state.next
        await graph.ainvoke(None, thread, interrupt_before="*")
    assert set(stops) == NODES
    assert state.values == undisturbed


async def test_a_fork_runs_on_from_the_edited_state(thread: RunnableConfig) -> None:
    graph = build_graph(checkpointer=InMemorySaver())
    finished = await graph.ainvoke({"entity": "Niels Bohr"}, thread)
    early = [s async for s in graph.aget_state_history(thread) if s.next == ("extract_claim",)][-1]
    edited = {**early.values["settings"], "difficulty": "easy", "avoid": ["P106", "P69"]}
    forked = await graph.ainvoke(None, await graph.aupdate_state(early.config, {"settings": edited}))
    assert forked["settings"] == edited
    assert forked["verdict"]
    assert not {"P106", "P69"} & {c.get("relation") for c in forked["tree"]["constraints"]}
    assert forked["tree"] != finished["tree"]


async def test_an_edited_state_that_does_not_fit_is_refused(thread: RunnableConfig) -> None:
    graph = build_graph(checkpointer=InMemorySaver())
    await graph.ainvoke({"entity": "Niels Bohr"}, thread, interrupt_before=["blur"])
    await graph.aupdate_state(thread, {"tree": {"variables": []}})
    with pytest.raises(ValidationError):
        await graph.ainvoke(None, thread)


@pytest.mark.slow
async def test_a_thread_that_is_asked_again_starts_afresh(thread: RunnableConfig) -> None:
    graph = build_graph(checkpointer=InMemorySaver())
    await graph.ainvoke({"entity": "Niels Bohr"}, thread)
    second = await graph.ainvoke({"entity": "Marie Curie"}, thread, context=Context(difficulty="easy"))
    assert second == await run("Marie Curie", difficulty="easy")
    await graph.ainvoke({"entity": "Niels Bohr"}, thread, interrupt_before=["blur"])
    third = await graph.ainvoke({"entity": "Isaac Newton"}, thread)
    assert third == await run("Isaac Newton")


async def test_the_world_is_a_setting(tiny: str) -> None:
    found = await run("Ivo Dahm", world=tiny, difficulty="easy")
    assert found["verdict"]["status"] == "accepted"
    assert (await run("Ivo Dahm"))["verdict"]["status"] == "unknown"


async def test_a_name_of_nobody_gets_the_closest_names() -> None:
    verdict = (await run("Nils Bor"))["verdict"]
    assert verdict["status"] == "unknown"
    assert "Niels Bohr" in verdict["reasons"]


async def test_an_ambiguous_name_gets_the_choices_with_their_types(tiny: str) -> None:
    verdict = (await run("Mercury", world=tiny))["verdict"]
    assert verdict["status"] == "unknown"
    assert verdict["reasons"] == [f"{TWINS[0]}: Mercury (award)", f"{TWINS[1]}: Mercury (city)"]


async def test_too_few_facts_are_a_reason_to_reject(tiny: str) -> None:
    verdict = (await run(LONER, world=tiny, difficulty="easy"))["verdict"]
    assert verdict["status"] == "rejected"
    assert verdict["reasons"]


@pytest.mark.parametrize("world", ["/nowhere", "."])
async def test_what_is_no_world_is_an_error(world: str) -> None:
    with pytest.raises(ValueError, match="holds no world"):
        await run("Niels Bohr", world=world)


async def test_nothing_is_accepted_at_a_preset_whose_defining_fields_are_not_computed() -> None:
    found = await run("Niels Bohr", difficulty="hard")
    if found["verdict"]["status"] == "accepted":
        assert not {"dependency", "search_floor"} & set(found["certificate"]["not_checked"])


async def test_the_sub_question_that_is_in_the_way_is_cut_off_not_the_youngest() -> None:
    context = Context(difficulty="hard", repairs=0, max_steps=20)
    steps = [parse(s) async for s in build_graph().astream({"entity": HELD_UP}, context=context, stream_mode="values")]
    turns = [(old, new) for old, new in pairwise(steps) if old.blamed and new.step > old.step and new.action]
    drops = [(new.action.drop, old.blamed, old.grown.inner) for old, new in turns if new.action and new.action.drop]
    assert drops
    assert all(dropped == blamed for dropped, blamed, _ in drops)
    assert any(blamed != inner[-1] for _, blamed, inner in drops), "not only the youngest is ever in the way"


class Stubborn(SymbolicPlanner):
    """A Planner that never gets anywhere."""

    async def act(self, view: View, source: Any) -> Action:
        return Action(kind="blur" if view.tree else "initialise", reason="once more")


async def test_a_run_stops_when_its_steps_are_used_up() -> None:
    graph = build_graph(replace(default_deps(), planner=always(Stubborn())))
    found = await graph.ainvoke({"entity": "Niels Bohr"}, context=Context(max_steps=12))
    assert found["verdict"]["status"] == "rejected"
    assert "within 12 steps" in found["verdict"]["reasons"][0]
    assert found["step"] == 13


class Talkative(SymbolicWriter):
    """A Writer that names the answer the first `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__({})
        self.times = times

    async def write(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        wording = await SymbolicWriter({}).write(tree, labels, seed)
        self.times -= 1
        leaking = f"Is it NIELS BOHR? {wording.question}"
        return wording if self.times < 0 else wording.model_copy(update={"question": leaking})


def talking(times: int) -> Graph:
    """The graph with a Writer that leaks."""
    writer = Talkative(times)

    async def opened(*_: object) -> Talkative:
        return writer

    return build_graph(replace(default_deps(), writer=opened))


async def test_a_question_that_names_its_answer_is_sent_back() -> None:
    found = await talking(1).ainvoke({"entity": "Niels Bohr"})
    assert found["verdict"]["status"] == "accepted"
    assert found["sent_back"] >= 1
    assert "NIELS" not in found["wording"]["question"]


async def test_a_question_that_goes_on_naming_it_is_rejected_for_good() -> None:
    found = await talking(99).ainvoke({"entity": "Niels Bohr"}, context=Context(repairs=2))
    assert found["verdict"] == {
        "status": "rejected",
        "reasons": [
            "leaks at A: 'Niels Bohr' stands in the question",
            "exposed: 'NIELS BOHR' is no constant of the tree",
            "single_reading: the question has 0 readings",
        ],
    }
    assert 1 <= found["sent_back"] <= 2


def test_an_update_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no such state: \['treee'\]"):
        update(treee=None)


def test_a_state_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        parse({"entity": "Niels Bohr", "treee": None})  # type: ignore[typeddict-unknown-key]


def test_claims_survive_packing() -> None:
    claims = [
        Claim(Fact("n", "P569", "1885-10-07", "time"), (Place("n", 3, 9),)),
        Claim(Fact("n", "P19", "c"), (Place("c", 0, 4), Place("n", 5, 8))),
        Claim(Fact("c", "P138", "n"), (Place("c", 1, 2),)),
        Claim(Fact("n", "P246", "n", "string"), ()),
    ]
    tree = {
        "variables": [{"id": "A", "entity": "n"}],
        "constraints": [{"kind": "type", "id": "t", "vertex": "A", "type": "x"}],
    }
    growth = Growth.model_validate({"entity": "n", "tree": tree, "claims": {"A": packed(claims, "n")}})
    assert growth.claims_of("A") == claims
    assert growth.claims_of("B") == []


def test_the_configuration_for_studio_names_the_module(request: pytest.FixtureRequest) -> None:
    configured = json.loads((Path(request.config.rootpath) / "langgraph.json").read_text("utf-8"))
    assert configured["graphs"] == {"taproot": "graph.app:graph", "solver": "graph.solver_app:graph"}

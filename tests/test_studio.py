"""The server behind LangGraph Studio, started for real and driven through its SDK."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from chat_server import ChatServer
from minds import Scripted
from played import played_by
from tiny_world import build_tiny_world

from graph import run as synthesis
from graph.build import build_graph
from graph.context import Context
from graph.solver_context import SolverContext
from prompts.phrases import phrase_book
from tasks.runs import read_records
from worlds.opening import open_world

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(find_spec, ("langgraph_cli", "langgraph_api", "langgraph_sdk"))),
        reason="the server needs the dependency group studio (langgraph-cli[inmem], langgraph-sdk)",
    ),
]
ROOT = Path(__file__).parents[1]
GRAPH, SOLVER = "taproot", "solver"
RIGHT = played_by(Scripted(open_world("atlas"), "Niels Bohr"))
START_WITHIN = 120
"""Seconds; the server imports much more than the graph."""
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the repository's configuration, with an empty folder to keep its threads in."""
    folder = tmp_path_factory.mktemp("server")
    log, port = folder / "log", _free_port()
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload", "--port", str(port)]
    command += ["--config", str(ROOT / "langgraph.json")]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=folder, env=_environment(folder), stdout=out, stderr=out) as process,
    ):
        try:
            yield _answering(f"http://127.0.0.1:{port}", process, log)
        finally:
            process.terminate()
            _end(process)
    assert "Blocking call" not in log.read_text("utf-8")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The directory of a small built world."""
    return str(build_tiny_world(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
async def client(server: str) -> Any:
    """A client of the server."""
    from langgraph_sdk import get_client

    async with get_client(url=server, api_key=None) as client:
        yield client


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(folder: Path) -> dict[str, str]:
    """Little more than where programs and the cache are: no keys, no tracing."""
    kept = {k: os.environ[k] for k in ("PATH", "HOME", "LANG", "TMPDIR") if k in os.environ}
    return kept | {
        "XDG_CACHE_HOME": str(folder),
        "LANGSMITH_TRACING": "false",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }


def _answering(url: str, process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/ok", trust_env=False).is_success:
                return url
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{log.read_text('utf-8')[-4000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


async def run(client: Any, entity: str, **context: Any) -> dict[str, Any]:
    """The final state of a run on a thread of its own; settings only where they are given."""
    thread = await client.threads.create()
    return await client.runs.wait(thread["thread_id"], GRAPH, input={"entity": entity}, **_with(context))


def _with(context: dict[str, Any]) -> dict[str, Any]:
    return {"context": context} if context else {}


async def test_the_graph_is_listed_with_its_settings_described(client: Any) -> None:
    (assistant,) = await client.assistants.search(graph_id=GRAPH)
    schemas = await client.assistants.get_schemas(assistant["assistant_id"])
    shown = schemas["context_schema"]["properties"]
    assert {name: field["description"] for name, field in shown.items()} == {
        name: field.description for name, field in Context.model_fields.items()
    }
    assert set(schemas["input_schema"]["properties"]) == {"entity"}


async def test_the_nodes_are_drawn(client: Any) -> None:
    (assistant,) = await client.assistants.search(graph_id=GRAPH)
    drawn = await client.assistants.get_graph(assistant["assistant_id"])
    assert {node["id"] for node in drawn["nodes"]} == {"__start__", *NODES, "__end__"}


async def test_the_solver_is_listed_drawn_and_described(client: Any) -> None:
    assert {each["graph_id"] for each in await client.assistants.search()} == {GRAPH, SOLVER}
    (assistant,) = await client.assistants.search(graph_id=SOLVER)
    drawn = await client.assistants.get_graph(assistant["assistant_id"])
    assert {node["id"] for node in drawn["nodes"]} == {"__start__", "think", "retrieve", "refine", "answer", "__end__"}
    shown = (await client.assistants.get_schemas(assistant["assistant_id"]))["context_schema"]["properties"]
    assert {name: field["description"] for name, field in shown.items()} == {
        name: field.description for name, field in SolverContext.model_fields.items()
    }


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """A file with one task of atlas."""
    assert synthesis.main(["--entity", "Niels Bohr", "--out", str(tmp_path / "tasks.jsonl"), "--quiet"]) == 0
    return tmp_path / "tasks.jsonl"


async def test_the_teacher_solves_a_task_of_a_file(client: Any, tasks: Path) -> None:
    (record,) = read_records(tasks)
    thread = (await client.threads.create())["thread_id"]
    asked = {"question": record.question, "task": record.id}
    context = {"solver": "teacher", "world": "atlas", "tasks": str(tasks)}
    found = await client.runs.wait(thread, SOLVER, input=asked, context=context)
    assert found["outcome"] == "answered"
    assert f"<answer>{record.answer}</answer>" in found["turns"][-1][0]
    assert len(json.dumps(found)) < 20_000
    assert await client.runs.wait(thread, SOLVER, input=asked, context=context) == found, "a thread begins afresh"
    with pytest.raises(Exception, match="holds no task 'nothing'"):
        await client.runs.wait(thread, SOLVER, input={**asked, "task": "nothing"}, context=context)


async def test_a_run_ends_with_an_accepted_question(client: Any) -> None:
    found = await run(client, "Niels Bohr")
    assert found["verdict"] == {"status": "accepted", "reasons": []}
    assert found["certificate"]["unique"]
    assert found["wording"]["question"].endswith("?")
    assert found["settings"] == Context().model_dump(mode="json")


async def test_settings_have_effect(client: Any, tiny: str) -> None:
    found = await run(client, "Ivo Dahm", world=tiny, difficulty="easy", seed=5)
    assert found["verdict"]["status"] == "accepted"
    assert found["settings"] == Context(world=tiny, difficulty="easy", seed=5).model_dump(mode="json")
    assert (await run(client, "Ivo Dahm", difficulty="easy"))["verdict"]["status"] == "unknown"


@pytest.mark.parametrize(
    ("wrong", "said"), [({"difficulty": "impossible"}, "'easy', 'medium'"), ({"world": "/nowhere"}, "holds no world")]
)
async def test_settings_that_make_no_sense_end_in_an_error_that_says_so(
    client: Any, wrong: dict[str, Any], said: str
) -> None:
    thread = await client.threads.create()
    with pytest.raises(Exception, match=said):
        await client.runs.wait(thread["thread_id"], GRAPH, input={"entity": "Niels Bohr"}, context=wrong)


async def test_stepping_node_by_node_ends_where_an_undisturbed_run_does(client: Any, tiny: str) -> None:
    settings = {"world": tiny, "difficulty": "easy", "seed": 2}
    thread = (await client.threads.create())["thread_id"]
    step = {"context": settings, "interrupt_before": "*"}
    await client.runs.wait(thread, GRAPH, input={"entity": "Bela Bosk"}, **step)
    seen = []
    while (state := await client.threads.get_state(thread))["next"]:
        seen += state["next"]
        await client.runs.wait(thread, GRAPH, input=None, **step)
    assert seen[0] == "expand_node"
    assert set(seen) == NODES
    assert state["values"] == await run(client, "Bela Bosk", **settings)


async def test_history_holds_every_step(client: Any) -> None:
    thread = (await client.threads.create())["thread_id"]
    final = await client.runs.wait(thread, GRAPH, input={"entity": "Niels Bohr"})
    history = await client.threads.get_history(thread, limit=1000)
    assert history[0]["values"] == final
    assert history[0]["next"] == []
    assert {node for state in history for node in state["next"]} == {"__start__", *NODES}


async def test_a_fork_from_an_earlier_checkpoint_runs_on_from_the_edited_state(client: Any) -> None:
    thread = (await client.threads.create())["thread_id"]
    final = await client.runs.wait(thread, GRAPH, input={"entity": "Niels Bohr"})
    history = await client.threads.get_history(thread, limit=1000)
    early = [state for state in history if state["next"] == ["extract_claim"]][-1]
    edited = {**early["values"]["settings"], "seed": 11, "avoid": ["P106"]}
    fork = await client.threads.update_state(thread, {"settings": edited}, checkpoint=early["checkpoint"])
    forked = await client.runs.wait(thread, GRAPH, input=None, checkpoint=fork["checkpoint"])
    assert forked["settings"] == edited
    assert forked["verdict"]
    assert "P106" not in {c.get("relation") for c in forked["tree"]["constraints"]}
    assert forked["tree"] != final["tree"]
    after = await client.threads.get_history(thread, limit=1000)
    assert len(after) > len(history)
    assert final in [state["values"] for state in after]


async def test_the_same_thread_can_be_asked_about_another_entity(client: Any) -> None:
    thread = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread, GRAPH, input={"entity": "Niels Bohr"})
    second = await client.runs.wait(thread, GRAPH, input={"entity": "Marie Curie"})
    assert second == await run(client, "Marie Curie")


async def test_models_play_where_the_settings_name_them(client: Any) -> None:
    with ChatServer(RIGHT) as models:
        named = dict.fromkeys(("model", "planner_model", "browser_model"), "openai:x")
        found = await run(client, "Niels Bohr", **named, base_url=models.url)
        assert found["verdict"]["status"] == "accepted"
        assert not found["wording"]["symbolic"]
        assert found["audit"]["closed_book"]["right"] == 0
        asked = models.calls
        assert asked > 5
        with pytest.raises(Exception, match="the budget of 2 calls is used up"):
            await run(client, "Niels Bohr", **named, base_url=models.url, seed=1, max_calls=2)
    assert models.calls == asked + 2


@pytest.mark.parametrize("models", [False, True])
async def test_no_node_waits_for_a_file(models: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stricter than the server, which lets reading and writing of open files pass."""
    from blockbuster import blockbuster_ctx

    open_world.cache_clear()
    phrase_book.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with ChatServer(RIGHT) as server:
        settings = Context(model="openai:x", planner_model="openai:x", browser_model="openai:x", base_url=server.url)
        with blockbuster_ctx(excluded_modules=[]):
            context = settings if models else Context()
            found = await build_graph().ainvoke({"entity": "Niels Bohr"}, context=context)
    assert found["verdict"]["status"] == "accepted"
    assert bool(server.calls) == models

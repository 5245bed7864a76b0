"""The server, over real connections: retrieval as Search-R1's clients ask for it, and episodes."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from graded import world_of

from graph import export, serve
from tasks.record import TaskRecord
from tasks.rewards.combine import reward
from tasks.runs import Run
from tasks.trajectories.making import sheet_of
from tasks.trajectories.transcript import read_transcript, say
from worlds.local import LocalWorld

REPOSITORY = Path(__file__).parents[1]


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A server of its own on a free port, and its address."""
    command = [sys.executable, "-W", "error", "-m", "graph.serve", *arguments, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"serving on (http://127\.0\.0\.1:\d+)\n", line)
    if found is None:
        process.kill()
        pytest.fail(f"{line!r} {process.communicate()[1]}")
    return process, found[1]


def stopped(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    return list(Run.open(finished).tasks())


@pytest.fixture(scope="module")
def world(finished: Path) -> LocalWorld:
    return world_of(finished)


@pytest.fixture(scope="module")
def client(finished: Path, world: LocalWorld) -> Iterator[httpx.Client]:
    process, address = started(str(world.path), "--tasks", str(finished / "tasks.jsonl"), "--turns", "9")
    with httpx.Client(base_url=address, timeout=20) as found:
        yield found
    assert stopped(process) == (130, "")


def posted(client: httpx.Client, path: str, body: Any, status: int = 200) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.status_code == status, response.text
    return dict(response.json())


def test_retrieval_is_that_of_the_world_in_the_form_of_search_r1(client: httpx.Client, world: LocalWorld) -> None:
    queries = ["born in Aldau", "Opal Prize", ""]
    found = posted(client, "/retrieve", {"queries": queries, "topk": 3, "return_scores": True})["result"]
    for query, results in zip(queries, found, strict=True):
        hits = asyncio.run(world.search(query, 3))
        assert [(r["document"]["id"], r["score"]) for r in results] == [tuple(hit) for hit in hits]
        for result in results:
            page = asyncio.run(world.page(result["document"]["id"]))
            title, _, text = result["document"]["contents"].partition("\n")
            assert (title, text) == (f'"{page.title}"', page.text)
    bare = posted(client, "/retrieve", {"queries": queries, "topk": None})["result"]
    assert bare == [[result["document"] for result in results] for results in found]


def test_an_episode_goes_to_its_reward(client: httpx.Client, world: LocalWorld, records: list[TaskRecord]) -> None:
    for record in records:
        begun = posted(client, "/reset", {"task": record.id})
        assert begun["question"] == record.question
        text = ""
        for hop in record.certificate["route"]:
            said = say("hm", [hop["query"]])
            step = posted(client, "/step", {"episode": begun["episode"], "text": said})
            assert (step["done"], step["fault"]) == (False, "")
            text += f"{said}\n{step['observation']}\n"
        last = say("so", answer=record.answer)
        ended = posted(client, "/step", {"episode": begun["episode"], "text": last})
        assert (ended["done"], ended["outcome"], ended["observation"]) == (True, "answered", "")
        sheet = asyncio.run(sheet_of(record, world))
        assert ended["reward"] == pytest.approx(reward(read_transcript(text + last), sheet))
        assert ended["rewards"]["grounded"] == 1.0
        again = posted(client, "/step", {"episode": begun["episode"], "text": last}, 400)
        assert "is under way; it may be over" in again["error"]


def test_many_ask_at_once_and_get_their_own(client: httpx.Client, records: list[TaskRecord]) -> None:
    def play(number: int) -> list[str]:
        record = records[number % len(records)]
        begun, seen = posted(client, "/reset", {"task": record.id}), []
        for hop in record.certificate["route"]:
            body = {"episode": begun["episode"], "text": say("", [hop["query"]])}
            seen.append(posted(client, "/step", body)["observation"])
        return seen

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(play, range(24)))
    for number, seen in enumerate(found):
        assert seen == found[number % len(records)]


def test_what_there_is_can_be_asked(client: httpx.Client, world: LocalWorld, records: list[TaskRecord]) -> None:
    assert client.get("/tasks").json() == {"tasks": [record.id for record in records]}
    assert client.get("/health").json()["world"]["sha256"] == world.sha256


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/retrieve", b"{", "Invalid JSON"),
        ("/retrieve", b"[]", "object"),
        ("/retrieve", b"{}", "queries: field required"),
        ("/retrieve", b'{"queries": "x"}', "queries: input should be a valid"),
        ("/retrieve", b'{"queries": ["x"], "topk": 0}', "topk from 1 to"),
        ("/retrieve", b'{"queries": ["x"], "topk": "many"}', "topk: input should be a valid integer"),
        ("/retrieve", b'{"queries": [1]}', "queries.0: input should be a valid string"),
        ("/retrieve", b'{"queries": ["\xff"]}', "Invalid JSON"),
        ("/retrieve", b" " * (1 << 20) + b"{}", "a request of more than 1048576 bytes"),
        ("/reset", b'{"task": "nobody"}', "no task 'nobody' among 4; GET /tasks lists them"),
        ("/reset", b"{}", "task: field required"),
        ("/reset", b'{"task": "x", "seed": 1}', "seed: extra inputs are not permitted"),
        ("/step", b'{"episode": "x-9", "text": ""}', "no episode 'x-9' is under way"),
        ("/step", b'{"episode": "x-9"}', "text: field required"),
    ],
)
def test_a_bad_request_is_one_error(client: httpx.Client, path: str, body: bytes, said: str) -> None:
    response = client.post(path, content=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert said in response.json()["error"]
    assert "\n" not in response.json()["error"]


def test_other_places_and_methods_are_said(client: httpx.Client) -> None:
    for response, status in ((client.get("/"), 404), (client.get("/step"), 405)):
        assert response.status_code == status
        assert "is nothing here; see python -m graph.serve --help" in response.json()["error"]


def test_the_oldest_episode_makes_room(finished: Path, tmp_path: Path, records: list[TaskRecord]) -> None:
    assert export.main([str(finished), "--format", "environment", "--out", str(tmp_path / "out")]) == 0
    process, address = started(str(tmp_path / "out"), "--episodes", "2")
    with httpx.Client(base_url=address, timeout=20) as client:
        names = [posted(client, "/reset", {"task": records[0].id})["episode"] for _ in range(3)]
        dropped = posted(client, "/step", {"episode": names[0], "text": say("", ["x"])}, 400)
        assert "dropped for newer ones" in dropped["error"]
        for name in names[1:]:
            assert posted(client, "/step", {"episode": name, "text": say("", ["x"])})["done"] is False
    assert stopped(process) == (130, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere holds no world"),
        (["{world}", "--tasks", "nowhere.jsonl"], "nowhere.jsonl is no file"),
        (["{world}", "--turns", "0"], "--turns 0: Input should be greater than or equal to 1"),
        (["{world}", "--k", "0"], "k is 0: a retrieval has to bring a page at least"),
        (["{world}", "--episodes", "0"], "0 episodes under way are none"),
        (["{world}", "--port", "99999"], "--port 99999: expected a port from 0 to 65535"),
        (["atlas", "--tasks", "{tasks}"], "was made in another world than 'atlas'"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], said: str, finished: Path, world: LocalWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    given_ = [a.format(world=world.path, tasks=finished / "tasks.jsonl") for a in arguments]
    assert serve.main(given_) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert said in line


def test_without_the_extra_the_command_says_what_to_install(
    world: LocalWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "tasks.environments.http", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert serve.main([str(world.path)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line == "error: serving needs uvicorn: pip install -e '.[serve]'"


def test_tasks_go_with_a_world_only(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export.main([str(finished), "--format", "environment", "--out", str(tmp_path / "out")]) == 0
    assert serve.main([str(tmp_path / "out"), "--tasks", "x.jsonl"]) == 2
    assert "a packed environment has its own tasks" in capsys.readouterr().err


def test_an_address_that_is_taken_is_one_line(client: httpx.Client, world: LocalWorld) -> None:
    command = [sys.executable, "-m", "graph.serve", str(world.path), "--port", str(client.base_url.port)]
    found = subprocess.run(command, check=False, capture_output=True, text=True, cwd=REPOSITORY, timeout=60)
    assert found.returncode == 2
    [line] = found.stderr.splitlines()
    assert "cannot be listened on (Address already in use); name another --port" in line

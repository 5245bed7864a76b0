"""`graph.batch` with models behind a real server: side by side, within its budget, and never asking twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batches import lasting
from chat_minds import faulty
from chat_server import Asked, ChatServer, Mind, Said
from minds import Scripted
from models import EVERYONE, MODEL, ledger
from played import played_by

from graph import batch, calls, verify
from graph.batching.together import RUN
from tasks.runs import LEDGER, TASKS, Run
from worlds.opening import open_world

COUNT = 3
RIGHT = played_by(Scripted(open_world("atlas")))
PRICED = ("--input-price", "1", "--output-price", "10")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def right() -> Iterator[ChatServer]:
    """A server that gives right replies, none of them at once."""
    with ChatServer(RIGHT, latency=0.1) as server:
        yield server


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run directory of a batch that nothing interrupted; not to be changed."""
    out = tmp_path_factory.mktemp("whole") / "run"
    with ChatServer(RIGHT, latency=0.2) as server:  # long enough for a slow machine to have two under way
        assert made(server, out, "--quiet") == 0
        assert server.most_at_once > 1
        total = ledger(out).total
        assert server.calls == total.calls + total.in_doubt
    return out


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A run directory to be made."""
    return tmp_path / "run"


def made(server: ChatServer, out: Path, *more: str) -> int:
    """The exit code of a batch in this process, quick to give up waiting; of a flag given twice the last counts."""
    kind = ("--count", str(COUNT), "--lanes", "4", "--difficulty", "easy", "--no-from-pages", "--closed-book", "1")
    model = ("--model", MODEL, "--base-url", server.url, "--backoff", "0.01")
    return batch.main([*kind, *model, "--out", str(out), *more])


def from_call(number: int, fault: Mind) -> Mind:
    """Right replies up to a request, then others."""
    return lambda asked: fault(asked) if asked.number >= number else RIGHT(asked)


def stopped_and_gone_on_with(server: ChatServer, out: Path, *more: str) -> None:
    """The same command again comes to its end, and asks for nothing that was answered."""
    assert made(server, out, "--quiet", *more) == 0
    assert not _asked_twice(out)
    assert verify.main([str(out)]) == 0


def _asked_twice(out: Path) -> set[str]:
    keys = [row["key"] for row in _rows(out) if row["state"] == "answered"]
    return {key for key in keys if keys.count(key) > 1}


def _rows(out: Path) -> list[dict[str, Any]]:
    store = calls.Calls(calls.calls_path(out))
    try:
        return store.rows()
    finally:
        store.close()


def test_so_many_tasks_that_verify_and_say_who_wrote_them(whole: Path) -> None:
    found = Run.open(whole)
    tasks = list(found.tasks())
    assert len(tasks) == COUNT
    assert verify.main([str(whole)]) == 0
    assert MODEL in {task.provenance["roles"]["writer"] for task in tasks}
    assert all(task.audit["closed_book"]["given"] == ["nobody knows"] for task in tasks)
    assert found.manifest.settings["model"] == MODEL
    assert "base_url" not in found.manifest.settings, "a server may move while a run is gone on with"


def test_one_store_in_the_run_directory_and_what_each_candidate_used(whole: Path) -> None:
    assert (whole / "calls").is_file()
    rows, entries = _rows(whole), list(Run.open(whole).ledger())
    assert {row["run"] for row in rows} == {RUN}
    used = {task.provenance["thread_id"]: task.provenance["usage"]["calls"] for task in Run.open(whole).tasks()}
    for thread, counted in used.items():
        assert counted == len({row["key"] for row in rows if row["item"] == thread and row["state"] == "answered"})
    assert all(entry.cost["calls"] >= entry.made for entry in entries)
    assert sum(entry.cost["calls"] for entry in entries) <= len(rows)


@pytest.mark.slow
def test_equal_commands_make_equal_datasets(right: ChatServer, whole: Path, out: Path) -> None:
    assert made(right, out, "--quiet", "--concurrency", "3") == 0
    assert lasting(out) == lasting(whole)


@pytest.mark.slow
def test_every_role_by_a_model(right: ChatServer, out: Path) -> None:
    assert made(right, out, "--quiet", *EVERYONE) == 0
    assert verify.main([str(out)]) == 0
    assert {"planner", "browser", "writer", "solver"} == set(ledger(out).roles)
    assert right.most_at_once > 1


@pytest.mark.slow
def test_what_it_may_cost_and_what_it_did(right: ChatServer, out: Path, capsys: Captured) -> None:
    assert made(right, out, *PRICED) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"estimate for {COUNT} accepted questions: " in told
    assert "at a price that is not known" not in told
    assert f"for each of {COUNT} accepted: " in told
    entries = list(Run.open(out).ledger())
    assert all(entry.cost["cost_usd"] > 0 for entry in entries if entry.made)
    asked = right.calls
    assert made(right, out, *PRICED) == 0
    assert "estimate" not in capsys.readouterr().out, "nothing is left to be made"
    assert right.calls == asked


def test_the_ledger_as_a_table_and_as_rows(whole: Path, capsys: Captured) -> None:
    assert calls.main([str(whole)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"for each of {COUNT} accepted: " in told
    for role in ("solver", "writer", "in all"):
        assert f"│ {role} " in told
    assert calls.main([str(whole), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in _rows(whole)]
    assert {"role", "prompt", "model", "state", "input_tokens", "seconds", "cost", "why"} <= rows[0].keys()
    assert calls.main([str(whole / "no")]) == 2
    assert "there is no ledger" in capsys.readouterr().err


@pytest.mark.slow
def test_a_budget_stops_the_batch_and_a_larger_one_goes_on(
    right: ChatServer, whole: Path, out: Path, capsys: Captured
) -> None:
    right.latency = 0.3
    assert made(right, out, "--quiet", "--max-calls", "7") == 2
    captured = capsys.readouterr()
    assert captured.err == (
        "error: the budget of 7 calls is used up (--max-calls); raise it and run again: every reply that came is kept\n"
    )
    assert captured.out == ""
    total = ledger(out).total
    assert (right.calls, total.answered, total.in_doubt) == (7, 7, 0), "calls that are out are waited for"
    right.latency = 0.02
    stopped_and_gone_on_with(right, out, "--max-calls", "700")
    assert lasting(out) == lasting(whole)


@pytest.mark.slow
def test_a_server_that_goes_away_is_one_line_and_nothing_is_lost(whole: Path, out: Path, capsys: Captured) -> None:
    with ChatServer(RIGHT, latency=0.02) as server:

        def leaving(asked: Asked) -> Said:
            server.go_away()
            return RIGHT(asked)

        server.mind = from_call(6, leaving)
        assert made(server, out, "--quiet") == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "cannot be reached" in error
    assert "run again: replies that came are kept" in error
    with ChatServer(RIGHT) as elsewhere:
        stopped_and_gone_on_with(elsewhere, out)
    assert lasting(out) == lasting(whole)


@pytest.mark.slow
def test_a_wrong_key_is_one_line(out: Path, capsys: Captured) -> None:
    with ChatServer(faulty(RIGHT, lambda _: "wrong_key")) as server:
        assert made(server, out, "--quiet") == 2
        error = capsys.readouterr().err
        assert len(error.splitlines()) == 1
        assert "does not accept the key" in error
        assert not (out / TASKS).read_text()
        server.mind = RIGHT
        stopped_and_gone_on_with(server, out)


def test_a_call_store_that_is_none_is_one_line(right: ChatServer, out: Path, capsys: Captured) -> None:
    assert made(right, out, "--quiet", "--max-calls", "0") == 2
    (out / "calls").write_bytes(b"no call store" * 1000)
    capsys.readouterr()
    assert made(right, out) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "is not usable as a call store" in line
    assert calls.main([str(out)]) == 2
    assert "is no ledger of calls" in capsys.readouterr().err


def test_a_batch_of_another_model_is_another_run(right: ChatServer, out: Path, capsys: Captured) -> None:
    assert made(right, out, "--quiet", "--max-calls", "0") == 2
    assert made(right, out, "--quiet", "--model", "openai:y") == 2
    assert "is another run" in capsys.readouterr().err
    assert not (out / LEDGER).read_text()

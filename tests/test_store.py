"""`--store`: ledger and last states in PostgreSQL, which change nothing of what a run makes."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from batches import arguments, lasting, start
from postgres_server import PASSWORD, Server, running

from graph import batch
from graph.batching import store
from tasks.runs import Entry, Run

COUNT = 16
KILLS = 4


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without a store."""
    out = tmp_path_factory.mktemp("plain") / "run"
    finish(given(out))
    return out


def given(out: Path, *more: str) -> list[str]:
    return arguments("atlas", out, COUNT, "--lanes", "4", "--workers", "2", *more)


def finish(command: list[str]) -> None:
    process = start(*command)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors


def stored(url: str, run: Run, shard: str = store.WHOLE) -> list[Entry]:
    """The ledger as the database has it, in the order of candidates; every row, so that one too many is seen."""
    import psycopg

    query = "SELECT entry FROM taproot_ledger WHERE run = %s AND shard = %s ORDER BY candidate"
    with psycopg.connect(url) as connection:
        rows = connection.execute(query, (store.run_identity(run.manifest), shard)).fetchall()
    return [Entry.model_validate(row[0]) for row in rows]


def states(url: str, run: Run) -> dict[str, str]:
    """The entity at the end of the thread of each task, by task id, as LangGraph reads it."""
    from langgraph.checkpoint.postgres import PostgresSaver

    with PostgresSaver.from_conn_string(url) as saver:
        found = {}
        for task in run.tasks():
            last = saver.get_tuple({"configurable": {"thread_id": task.provenance["thread_id"]}})
            assert last is not None
            found[task.id] = last.checkpoint["channel_values"]["verdict"]["status"]
        return found


@pytest.mark.postgres
def test_a_store_holds_every_entry_and_last_state_and_changes_nothing(
    server: Server, plain: Path, tmp_path: Path
) -> None:
    for name in ("first", "again"):  # the second run finds the threads of the first
        finish(given(tmp_path / name, "--store", server.url()))
        assert lasting(tmp_path / name) == lasting(plain)
    run = Run.open(tmp_path / "first")
    assert stored(server.url(), run) == list(run.ledger())
    assert set(states(server.url(), run).values()) == {"accepted"}
    assert len(states(server.url(), run)) == COUNT


@pytest.mark.postgres
def test_shards_are_kept_apart(server: Server, tmp_path: Path) -> None:
    for part in ("1/2", "2/2"):
        out = tmp_path / part.replace("/", "-")
        finish(given(out, "--style", "narrative", "--shard", part, "--store", server.url()))
        assert stored(server.url(), Run.open(out), part) == list(Run.open(out).ledger())


@pytest.mark.postgres
def test_killed_again_and_again_the_store_has_every_entry_once(server: Server, tmp_path: Path) -> None:
    rng, out, kills = Random("kills"), tmp_path / "run", 0
    command = given(out, "--seed", "1", "--store", server.url())
    while kills < KILLS:
        process = start(*command)
        time.sleep(rng.uniform(2, 8))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        kills += 1
    finish(command)
    finish(given(tmp_path / "plain", "--seed", "1"))
    assert lasting(out) == lasting(tmp_path / "plain")
    assert stored(server.url(), Run.open(out)) == list(Run.open(out).ledger())


@pytest.mark.postgres
def test_when_the_store_vanishes_it_stops_in_one_line_and_goes_on_when_it_is_back(
    server: Server, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    command = given(out, "--seed", "2", "--store", server.url())
    process = start(*command)
    while not (out / "tasks.jsonl").exists() or not (out / "tasks.jsonl").stat().st_size:
        assert process.poll() is None
        time.sleep(0.05)
    server.stop()
    try:
        _, errors = process.communicate(timeout=120)
    finally:
        server.start()
    assert process.returncode == 2
    refused(errors, "the store cannot be used", "the same command goes on")
    finish(command)
    finish(given(tmp_path / "plain", "--seed", "2"))
    assert lasting(out) == lasting(tmp_path / "plain")
    assert stored(server.url(), Run.open(out)) == list(Run.open(out).ledger())


@pytest.mark.postgres
def test_a_store_that_does_not_serve_is_told_of_before_any_work(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        server.url(password="hush"): "password authentication failed",
        server.url(database="nowhere"): 'database "nowhere" does not exist',
        server.url().replace(str(server.port), "1"): "refused",
    }
    for url, said in wrong.items():
        assert batch.main(given(tmp_path / "run", "--store", url)) == 2
        refused(capsys.readouterr().err, said)
    assert not (tmp_path / "run").exists()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "url", ["mysql://owner:hush@host/db", "postgresql://owner:hush@hush@host/db", "postgresql://owner:1/hush@host/db"]
)
def test_what_is_no_url_is_refused_without_repeating_it(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("psycopg")
    assert batch.main(given(tmp_path / "run", "--store", url)) == 2
    refused(capsys.readouterr().err, "expected postgresql://USER@HOST:PORT/DATABASE")
    assert not (tmp_path / "run").exists()


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "psycopg", None)
    assert batch.main(given(tmp_path / "run", "--store", "postgresql://owner@host/db")) == 2
    refused(capsys.readouterr().err, "pip install -e '.[postgres]'")
    assert not (tmp_path / "run").exists()


def refused(errors: str, *said: str) -> None:
    """One line that says so, and no secret."""
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert all(part in errors for part in said), errors
    assert PASSWORD not in errors
    assert "hush" not in errors

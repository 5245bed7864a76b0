"""`graph.run --world tavily`: a small web and a model on loopback, through the command itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ChatServer
from models import MODEL, ledger, records
from open_web import ANSWER, Scout, facts, web
from played import played_by
from tavily_server import Server

from graph import batch, run, verify
from tasks.keeping import frames_of
from worlds.opening import open_world
from worlds.web.tavily import KEY

CHEAP = ("--world", "tavily", "--entity", ANSWER, "--difficulty", "easy", "--no-derived", "--no-retrieval", "--quiet")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A web on loopback, known by the environment."""
    with Server(web(facts())).running() as server:
        host, port = server.http.server_address[:2]
        monkeypatch.setenv("TAPROOT_TAVILY", f"http://{host}:{port}")
        monkeypatch.setenv("TAPROOT_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("TAPROOT_BACKOFF", "0")
        monkeypatch.setenv(KEY, "right")
        open_world.cache_clear()
        yield server
    open_world.cache_clear()


def models(server: ChatServer, out: Path) -> list[str]:
    """Flags that name the models and where the record goes."""
    return ["--model", MODEL, "--writer-model", "none", "--base-url", server.url, "--out", str(out)]


def test_a_question_over_the_web_is_accepted_kept_and_verifies_with_nobody_there(
    served: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tasks.jsonl"
    with ChatServer(played_by(Scout(facts()))) as chat:
        code = run.main([*CHEAP, "--closed-book", "2", "--no-from-pages", *models(chat, out)])
        said = capsys.readouterr().err
        assert code == 0, said
        asked, searched = chat.calls, len(served.asked)
        assert ledger(out).total.answered == asked
        assert verify.main([str(out)]) == 0
        assert (chat.calls, len(served.asked)) == (asked, searched)
    (record,) = records(out)
    assert record["answer"] == ANSWER
    assert record["certificate"]["universe"] > 20
    assert record["audit"]["closed_book"]["right"] == 0
    assert len(list(frames_of(out).iterdir())) == 1
    served.http.shutdown()
    assert verify.main([str(out)]) == 0
    assert verify.main([str(out), "--live"]) == 2
    assert "make it anew" in capsys.readouterr().err


@pytest.mark.slow
def test_a_batch_over_the_web_keeps_what_each_task_was_checked_by(served: Server, tmp_path: Path) -> None:
    names, out = tmp_path / "names.txt", tmp_path / "run"
    names.write_text(f"{ANSWER}\n")
    given = ("--world", "tavily", "--entities", str(names), "--difficulty", "easy", "--no-derived", "--no-retrieval")
    with ChatServer(played_by(Scout(facts()))) as chat:
        flags = ("--model", MODEL, "--writer-model", "none", "--solver-model", "none", "--base-url", chat.url)
        assert batch.main([*given, *flags, "--out", str(out), "--quiet"]) == 0
    served.http.shutdown()
    assert verify.main([str(out)]) == 0


def test_without_somebody_who_reads_it_says_what_to_name(
    served: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run.main([*CHEAP]) == 2
    assert "name a model that reads them, with --model" in capsys.readouterr().err
    monkeypatch.delenv(KEY)
    open_world.cache_clear()
    with ChatServer(played_by(Scout(facts()))) as chat:
        assert run.main([*CHEAP, *models(chat, tmp_path / "tasks.jsonl")]) == 2
    assert KEY in capsys.readouterr().err

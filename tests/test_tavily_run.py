"""`graph.run --world tavily`: a small web and a model on loopback, through the command itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import ChatServer
from models import MODEL, ledger, records
from open_web import ANSWER, OTHER, Scout, facts, web
from played import played_by
from scripted_chat import data_of
from tavily_server import Server

from graph import batch, run, verify
from roles.chat.port import Request
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
    served.leave()
    assert verify.main([str(out)]) == 0
    assert verify.main([str(out), "--live"]) == 2
    assert "does not answer" in capsys.readouterr().err


def test_pages_that_models_read_are_asked_for_again_and_what_no_longer_stands_is_told(
    served: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--live` refused every record over the web."""
    out = tmp_path / "tasks.jsonl"
    with ChatServer(played_by(Scout(facts()))) as chat:
        assert run.main([*CHEAP, "--solver-model", "none", *models(chat, out)]) == 0
    pages = dict(served.web)
    capsys.readouterr()
    assert verify.main([str(out), "--live"]) == 0
    assert "0 of 1 records have drifted" in capsys.readouterr().out
    (quote, *_) = records(out)[0]["constraints"][1]["evidence"]
    title, text = pages[quote["url"]]
    served.web = pages | {quote["url"]: (title, f"{text} It is read a lot.")}
    assert verify.main([str(out), "--live"]) == 0
    assert "another text, +18 characters" in (said := capsys.readouterr().out)
    assert "1 of 1 records have drifted" in said
    served.web = pages | {quote["url"]: (title, text.replace(quote["quote"], ""))}
    assert verify.main([str(out), "--live"]) == 1
    assert f"no longer stands on {quote['url']}" in (said := capsys.readouterr().out)
    assert "1 certificates no longer hold live" in said


class Late(Scout):
    """Whom it names once the question is worded did not come to its mind before."""

    def answer_closed_book(self, request: Request[Any]) -> Any:
        return {"answer": "" if data_of(request, "question").startswith("Who or what ") else OTHER}


@pytest.mark.parametrize("real", [True, False])
def test_a_second_answer_that_only_the_difficulty_filter_brought_up_was_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], real: bool
) -> None:
    """It was said to denote nobody, as if the web had no page about it."""
    studied, won = ("Nordhaven Academy", "Heron Medal") if real else ("Juniper Academy", "Amber Plaque")
    told = facts((OTHER, "Dolmar", studied, won))
    with Server(web(told), (OTHER,)).running() as server, ChatServer(played_by(Late(told))) as chat:
        monkeypatch.setenv("TAPROOT_TAVILY", f"http://127.0.0.1:{server.http.server_port}")
        monkeypatch.setenv("TAPROOT_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv(KEY, "right")
        open_world.cache_clear()
        out = tmp_path / "tasks.jsonl"
        code = run.main([*CHEAP, "--no-from-pages", *models(chat, out)])
        assert code == (3 if real else 0)
        if real:
            assert f"nothing rules out {OTHER!r}" in capsys.readouterr().err
            return
    open_world.cache_clear()
    (record,) = records(out)
    (other,) = record["audit"]["alternatives"]
    assert (other["answer"], other["entity"]) == (OTHER, OTHER)
    assert other["fails"]
    assert verify.main([str(out)]) == 0


@pytest.mark.slow
def test_a_batch_over_the_web_keeps_what_each_task_was_checked_by(served: Server, tmp_path: Path) -> None:
    names, out = tmp_path / "names.txt", tmp_path / "run"
    names.write_text(f"{ANSWER}\n")
    given = ("--world", "tavily", "--entities", str(names), "--difficulty", "easy", "--no-derived", "--no-retrieval")
    with ChatServer(played_by(Scout(facts()))) as chat:
        flags = ("--model", MODEL, "--writer-model", "none", "--solver-model", "none", "--base-url", chat.url)
        assert batch.main([*given, *flags, "--out", str(out), "--quiet"]) == 0
    served.leave()
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

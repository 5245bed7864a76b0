"""Tasks that models made are sent back as well: their runs are made again from the replies that were kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ChatServer
from minds import Rambling
from models import EVERYONE, MODEL, ledger, played, records
from played import played_by
from rollouts import solved

from graph import refine, verify
from worlds.opening import open_world

pytestmark = pytest.mark.slow
ASKED = ("--model", MODEL, "--backoff", "0.01", *EVERYONE)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A model whose every reply depends on how often it was asked: asked anew it would make another task."""
    with ChatServer(played_by(Rambling(open_world("atlas"), "5", "Niels Bohr"))) as found:
        yield found


def made(server: ChatServer, out: Path, *more: str) -> list[str]:
    """The files of a task that models made and of what the teacher does with it."""
    assert played(server, out, *EVERYONE, *more) == 0
    tries = out.with_name("t.jsonl")
    solved(out, tries, "--solver", "teacher")
    return [str(out), str(tries), "--early", "9", "--out", str(out.with_name("refined.jsonl"))]


def test_a_task_is_made_again_from_its_replies_and_gone_on_with(server: ChatServer, tmp_path: Path) -> None:
    arguments = made(server, tmp_path / "tasks.jsonl")
    before = ledger(tmp_path / "tasks.jsonl").total.answered
    assert refine.main([*arguments, *ASKED, "--base-url", server.url]) == 0
    (task,), (refined,) = records(tmp_path / "tasks.jsonl"), records(tmp_path / "refined.jsonl")
    assert [lesson["task"] for lesson in refined["provenance"]["refined"]] == [task["id"]]
    assert refined["answer"] == "Niels Bohr"
    assert refined["provenance"]["roles"] == task["provenance"]["roles"]
    assert verify.main([str(tmp_path / "refined.jsonl")]) == 0
    kept = ledger(tmp_path / "refined.jsonl").total
    assert kept.answered == server.calls, "none was asked for twice"
    assert kept.hits > before / 2


def test_what_may_not_be_repaired_costs_nothing(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, before = made(server, tmp_path / "tasks.jsonl", "--repairs", "0"), server.calls
    assert refine.main([*arguments, *ASKED, "--base-url", server.url]) == 0
    assert "cannot be mended" in capsys.readouterr().out
    assert server.calls == before


@pytest.mark.parametrize(
    "given", [(), ("--model", "openai:other"), ("--model", MODEL, *EVERYONE, "--temperature", "1")]
)
def test_other_models_are_not_asked_for_it(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    arguments, before = made(server, tmp_path / "tasks.jsonl"), server.calls
    assert refine.main([*arguments, *given, *(("--base-url", server.url) if given else ())]) == 0
    told = "made with models that are not named: --model openai:x --planner-model openai:x --browser-model openai:x"
    assert told in capsys.readouterr().out
    assert server.calls == before
    assert not records(tmp_path / "refined.jsonl")


def test_without_the_replies_it_ends_in_one_line(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, before = made(server, tmp_path / "tasks.jsonl"), server.calls
    (tmp_path / "tasks.jsonl.calls").rename(tmp_path / "moved.jsonl.calls")
    capsys.readouterr()
    asked = [*arguments, *ASKED, "--base-url", server.url]
    assert refine.main(asked) == 2
    told = capsys.readouterr().err
    assert "name the record file or run directory that has them, with --replies" in told
    assert told.count("\n") == 1
    assert server.calls == before
    assert refine.main([*asked, "--replies", str(tmp_path / "moved.jsonl")]) == 0
    assert len(records(tmp_path / "refined.jsonl")) == 1

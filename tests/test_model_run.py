"""`graph.run` with models behind a real server: right, faulty and random ones."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_minds import PASSING, UNFIT, Fault, failed, faulty
from chat_server import Asked, ChatServer, Mind, Said
from minds import Rambling, Scripted
from models import EVERYONE, MODEL, asked_of, ledger, played, records
from played import played_by, request_of

from graph import run, verify
from hcsp.names import occurs
from worlds.opening import open_world

ATLAS = open_world("atlas")
RIGHT = played_by(Scripted(ATLAS, "Niels Bohr"))

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The file that records go to."""
    return tmp_path / "tasks.jsonl"


@pytest.fixture
def right() -> Iterator[ChatServer]:
    """A server that gives right replies."""
    with ChatServer(RIGHT) as server:
        yield server


def at_prompt(prompt: str, answer: Callable[[Asked, Said], Said]) -> Mind:
    """Right replies, but to one prompt."""

    def mind(asked: Asked) -> Said:
        said = RIGHT(asked)
        return answer(asked, said) if request_of(asked).prompt == prompt else said

    return mind


def saying(reply: Any) -> Callable[[Asked, Said], Said]:
    """Always the same reply."""
    return lambda *_: Said(json.dumps(reply))


@pytest.mark.parametrize("more", [(), EVERYONE, (*EVERYONE, "--stream")], ids=["some", "every", "streamed"])
def test_right_replies_give_a_record_that_verifies(right: ChatServer, out: Path, more: tuple[str, ...]) -> None:
    assert played(right, out, *more) == 0
    (record,) = records(out)
    assert record["answer"] == "Niels Bohr"
    assert record["provenance"]["roles"]["writer"] == MODEL
    assert record["provenance"]["roles"]["planner"] == (MODEL if more else "symbolic")
    assert record["audit"]["closed_book"]["given"] == ["nobody knows"] * 3
    assert record["audit"]["from_pages"]["right"] == 1
    assert "write_question" in record["provenance"]["prompts"]
    assert verify.main([str(out)]) == 0
    found = ledger(out).total
    assert (found.calls, found.answered) == (right.calls, right.calls)
    assert record["provenance"]["usage"]["calls"] == right.calls


def test_the_same_command_again_asks_nothing_and_makes_the_same_record(right: ChatServer, out: Path) -> None:
    assert played(right, out, *EVERYONE) == 0
    asked = right.calls
    assert played(right, out, *EVERYONE) == 0
    assert right.calls == asked
    first, second = records(out)
    for record in (first, second):
        del record["provenance"]["created"]
    assert first == second
    assert ledger(out).total.hits >= asked


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_asked_again(out: Path, fault: Fault) -> None:
    with ChatServer(faulty(RIGHT, {0: fault, 2: fault}, wait=0.01)) as server:
        assert played(server, out) == 0
    assert len(records(out)) == 1
    found = ledger(out).total
    assert found.calls == server.calls == found.answered + found.failed
    assert verify.main([str(out)]) == 0


def test_an_answer_that_takes_too_long_is_asked_for_again(out: Path) -> None:
    with ChatServer(faulty(RIGHT, {0: "slow", 3: "slow"}, wait=1.0)) as server:
        assert played(server, out, "--timeout", "0.3") == 0
    assert ledger(out).why["no answer within 0.3 s"] == 2
    assert verify.main([str(out)]) == 0


@pytest.mark.parametrize("fault", UNFIT)
def test_replies_that_never_fit_leave_the_work_to_code(out: Path, fault: Fault) -> None:
    def always(asked: Asked) -> Said:
        return failed(fault, RIGHT(asked), asked, 0.01)

    with ChatServer(always) as server:
        assert played(server, out, *EVERYONE) == 0
    (record,) = records(out)
    assert record["provenance"]["roles"]["writer"] == "symbolic"
    assert {"closed_book", "from_pages"} <= {*record["audit"]["not_checked"]}
    assert verify.main([str(out)]) == 0


@pytest.mark.parametrize("fault", ["no_schema", "no_json"])
def test_a_server_that_takes_no_schema_is_asked_in_words(out: Path, fault: Fault) -> None:
    with ChatServer(lambda asked: failed(fault, RIGHT(asked), asked, 0.01)) as server:
        assert played(server, out) == 0
    assert records(out)[0]["provenance"]["roles"]["writer"] == MODEL


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("wrong_key", "does not accept the key"),
        ("unknown_model", "knows no model 'x'"),
        ("quota", "is spent"),
    ],
)
def test_what_no_reply_can_mend_is_one_line_and_loses_nothing(
    out: Path, capsys: Captured, fault: Fault, says: str
) -> None:
    later = dict.fromkeys(range(1, 99), fault)
    with ChatServer(faulty(RIGHT, later)) as server:
        assert played(server, out, "--quiet") == 2
        error = capsys.readouterr().err
        assert says in error
        assert "--resume" in error
        assert len(error.splitlines()) == 1 + error.count("the price of")
        assert not records(out)
        server.mind = RIGHT
        assert played(server, out, "--resume") == 0
    found = ledger(out).total
    assert found.calls == server.calls == found.answered + found.failed
    assert found.answered == records(out)[0]["provenance"]["usage"]["calls"], "no reply that came is asked for again"
    assert verify.main([str(out)]) == 0


def test_a_server_that_is_not_there_is_one_line(out: Path, capsys: Captured) -> None:
    with ChatServer(RIGHT) as server:
        url = server.url
    arguments = ("--entity", "Niels Bohr", "--model", MODEL, "--base-url", url, "--out", str(out), "--backoff", "0")
    assert run.main([*arguments, "--quiet"]) == 2
    assert "cannot be reached" in capsys.readouterr().err
    assert not records(out)


def test_without_a_key_it_says_which_to_set(out: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert run.main(["--entity", "Niels Bohr", "--model", MODEL, "--out", str(out)]) == 2
    assert "set OPENAI_API_KEY" in capsys.readouterr().err
    assert run.main(["--entity", "Niels Bohr", "--model", "gpt", "--out", str(out)]) == 2
    assert "expected PROVIDER:NAME" in capsys.readouterr().err


def test_a_budget_stops_the_run_and_a_larger_one_goes_on(right: ChatServer, out: Path, capsys: Captured) -> None:
    assert played(right, out, *EVERYONE, "--max-calls", "5") == 2
    assert "the budget of 5 calls is used up (--max-calls)" in capsys.readouterr().err
    assert right.calls == 5
    assert played(right, out, *EVERYONE, "--max-calls", "50", "--resume") == 0
    assert right.calls == ledger(out).total.answered
    assert verify.main([str(out)]) == 0
    assert played(right, out, "--max-cost", "1") == 2
    assert "--input-price" in capsys.readouterr().err


def test_a_budget_in_dollars_is_kept_and_told(right: ChatServer, out: Path, capsys: Captured) -> None:
    priced = ("--input-price", "1000", "--output-price", "1000")
    assert played(right, out, *priced, "--max-cost", "0.5") == 2
    assert "of the budget of $0.5 is spent" in capsys.readouterr().err
    assert ledger(out).total.cost_usd <= 0.5
    assert played(right, out, *priced, "--max-cost", "50", "--resume") == 0
    assert records(out)[0]["provenance"]["usage"]["cost_usd"] > 0
    assert "for each of 1 accepted" in capsys.readouterr().out


def test_a_question_answered_from_memory_is_rejected_with_its_reason(
    out: Path, tmp_path: Path, capsys: Captured
) -> None:
    kept = tmp_path / "rejected.jsonl"
    with ChatServer(at_prompt("answer_closed_book", saying({"answer": "Bohr, Niels"}))) as server:
        assert played(server, out, "--rejected", str(kept)) == 3
    assert "closed_book: 3 of 3 answers from memory are right" in capsys.readouterr().err
    assert not records(out)
    draft = records(kept)[-1]
    assert draft["audit"]["closed_book"]["right"] == 3
    assert draft["audit"]["from_pages"] is None, "pages are not paid for where memory did"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([], "lead to no answer"),
        (["Max Planck"], "lead to 'Max Planck'"),
        (["Niels Bohr", "Max Planck"], "lead to 2 answers, 1 of them right"),
    ],
)
def test_a_question_that_its_pages_do_not_settle_is_rejected(
    out: Path, capsys: Captured, answers: list[str], why: str
) -> None:
    with ChatServer(at_prompt("answer_from_pages", saying({"answers": answers}))) as server:
        assert played(server, out) == 3
    assert why in capsys.readouterr().err


def test_wrong_answers_are_held_against_the_clues(out: Path) -> None:
    with ChatServer(at_prompt("answer_closed_book", saying({"answer": "Max Planck"}))) as server:
        assert played(server, out) == 0
    (record,) = records(out)
    (other,) = record["audit"]["alternatives"]
    assert (other["answer"], other["entity"]) == ("Max Planck", "max-planck")
    assert set(other["fails"]) <= {c["id"] for c in record["constraints"]}
    assert other["fails"]
    record["audit"]["alternatives"][0]["fails"] = ["c1"]
    out.write_text(json.dumps(record))
    assert verify.main([str(out)]) == 1


def test_a_question_that_leaks_or_adds_is_sent_back_and_never_asked(out: Path) -> None:
    def leaking(asked: Asked, said: Said) -> Said:
        reply = json.loads(said.text or "{}")
        return Said(json.dumps(reply | {"question": f"Unlike Niels Bohr's: {reply['question']}"}))

    with ChatServer(at_prompt("write_question", leaking)) as server:
        assert played(server, out, "--solver-model", "none") == 0
    (record,) = records(out)
    assert record["provenance"]["roles"]["writer"] == "symbolic"
    assert "Bohr" not in record["question"]
    assert any("which it must not name" in why for why in ledger(out).why)


def test_ungrounded_quotes_become_no_claims(out: Path) -> None:
    def ungrounded(asked: Asked, said: Said) -> Said:
        claims = json.loads(said.text or "{}")["claims"]
        return Said(json.dumps({"claims": [c | {"quote": f"{c['quote'][:-1]}!"} for c in claims]}))

    with ChatServer(at_prompt("extract_claims", ungrounded)) as server:
        code = played(server, out, *EVERYONE)
    assert any("letter by letter" in why for why in ledger(out).why)
    assert code in (0, 3)
    assert verify.main([str(out)]) == 0 if code == 0 else not records(out)


@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(n, marks=pytest.mark.slow) for n in range(3, 10))])
def test_random_proposals_are_accepted_only_where_they_verify(tmp_path: Path, seed: int) -> None:
    out, accepted = tmp_path / "tasks.jsonl", 0
    with ChatServer(played_by(Rambling(ATLAS, str(seed), "Niels Bohr"))) as server:
        code = played(server, out, *EVERYONE, "--seed", str(seed), "--max-steps", "40")
    assert code in (0, 3)
    for record in records(out):
        accepted += 1
        told = [e["quote"] for c in record["constraints"] for e in c["evidence"]]
        pages = [e["title"] for c in record["constraints"] for e in c["evidence"]]
        named = [e["text"] for e in record["audit"]["exposed"] if e["kind"] == "name"]
        assert all(any(occurs(name, text) for text in (*told, *pages)) for name in named)
        assert not record["audit"]["leaks"]
    if accepted:
        assert verify.main([str(out)]) == 0


@pytest.mark.parametrize("address", ["", "localhost:8000", "http://", "http://127.0.0.1:99999/v1", "ftp://x/v1"])
def test_what_is_no_address_is_one_line(out: Path, capsys: Captured, address: str) -> None:
    """A port past 65535 was a traceback, and an empty address meant OpenAI."""
    assert run.main(["--entity", "Niels Bohr", "--model", MODEL, "--base-url", address, "--out", str(out)]) == 2
    assert f"--base-url {address!r}: " in capsys.readouterr().err


def test_what_is_said_of_models_without_one_is_not_ignored(capsys: Captured) -> None:
    assert run.main(["--entity", "Niels Bohr", "--max-calls", "3"]) == 2
    assert capsys.readouterr().err == "error: --max-calls is about models, and none is named: give --model\n"


@pytest.mark.slow
def test_two_runs_never_write_one_file_at_once(right: ChatServer, out: Path, capsys: Captured) -> None:
    """They shared a thread, and could write two different questions."""
    hanging = threading.Event()
    begun = threading.Event()

    def mind(asked: Asked) -> Said:
        begun.set()
        hanging.wait(60)
        return RIGHT(asked)

    with ChatServer(mind) as server:
        first = subprocess.Popen([sys.executable, "-m", "graph.run", *asked_of(server, out), "--quiet"])
        assert begun.wait(60)
        assert played(right, out, "--quiet") == 2
        hanging.set()
        assert first.wait(60) == 0
    assert "another run appends to" in capsys.readouterr().err
    assert len(records(out)) == 1


@pytest.mark.slow
def test_a_second_ctrl_c_stops_at_once_while_a_call_hangs(out: Path) -> None:
    """It was put off until the call had been tried again as often as it may be."""
    begun = threading.Event()

    def mind(asked: Asked) -> Said:
        begun.set()
        return Said(delay=120)

    with ChatServer(mind) as server:
        command = [sys.executable, "-m", "graph.run", *asked_of(server, out), "--quiet"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert begun.wait(60)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            said = process.stderr.readline()
            while "again stops at once" not in said:
                said = process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
    assert ledger(out).total.in_doubt == 1


def test_settings_that_do_not_go_together_are_one_line(capsys: Captured) -> None:
    assert run.main(["--entity", "Niels Bohr", "--style", "browsecomp"]) == 2
    assert (
        capsys.readouterr().err == "error: --style browsecomp takes a model as Writer: give --model or --writer-model\n"
    )

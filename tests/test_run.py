"""The commands as a user meets them: real processes, real files."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph import run, verify

BOHR = ("--entity", "Niels Bohr")


def command(module: str, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False, timeout=120, **options
    )


def records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def lasting(record: dict) -> dict:
    """A record without what differs between equal runs."""
    kept = json.loads(json.dumps(record))
    for name in ("created", "thread_id"):
        del kept["provenance"][name]
    return kept


@pytest.fixture(scope="module")
def bohr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bohr") / "tasks.jsonl"
    assert run.main([*BOHR, "--out", str(out), "--quiet"]) == 0
    return out


def test_an_accepted_question_is_printed_appended_and_verifies(bohr: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([*BOHR, "--out", str(bohr)]) == 0
    shown = capsys.readouterr().out
    first, second = records(bohr)
    assert lasting(first) == lasting(second)
    assert first["answer"] == "Niels Bohr"
    assert first["certificate"]["unique"] is True
    assert "certificate" in shown
    assert "rival" in shown
    assert verify.main([str(bohr)]) == 0


def test_without_out_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run.main([*BOHR, "--quiet"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_json_is_all_that_stands_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([*BOHR, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] == "Niels Bohr"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--entity", "Nils Bor"], "Niels Bohr"),
        (["--entity", "Niels Bohr", "--resume"], "--resume needs the --out"),
        (["--entity", "Niels Bohr", "--levels", "1"], "--levels"),
        (["--entity", "Niels Bohr", "--out", "/nowhere/at/all.jsonl"], "does not exist"),
        (["--entity", "Niels Bohr", "--world", "/nowhere"], "holds no world"),
        (["--sample", "0"], "--sample"),
        (["--sample", "3", "--step"], "--step"),
        (["--entity", "Niels Bohr", "--avoid", "P999999"], "P999999"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(arguments) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_too_few_facts_are_rejected_with_the_reason_and_exit_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tasks.jsonl"
    assert run.main(["--entity", "bohrium", "--out", str(out), "--quiet"]) == 3
    assert capsys.readouterr().err.startswith("rejected: bohrium: ")
    assert not out.exists()


def test_a_torn_last_line_is_refused_and_kept(bohr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(bohr.read_bytes() + b'{"id": "half')
    before = torn.read_bytes()
    assert run.main([*BOHR, "--out", str(torn)]) == 2
    assert "middle of a line" in capsys.readouterr().err
    assert torn.read_bytes() == before


def test_a_broken_line_is_named_by_its_number(bohr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(bohr.read_text().splitlines()[0] + "\nnot json\n")
    assert verify.main([str(broken)]) == 2
    assert "line 2" in capsys.readouterr().err


def test_a_corrupt_checkpoint_file_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "tasks.jsonl"
    out.with_name("tasks.jsonl.checkpoints").write_bytes(b"this is no database" * 100)
    assert run.main([*BOHR, "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert "checkpoint" in said
    assert said.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (("answer",), "Albert Einstein"),
        (("certificate", "unique"), False),
        (("certificate", "selectivity"), 99),
        (("question",), "Who was Niels Bohr?"),
        (("question",), "Which chemist discovered argon?"),
        (("steps",), []),
        (("root", "question"), "Who?"),
        (("audit",), {}),
        (("id",), "0" * 16),
    ],
)
def test_verify_names_the_field_that_was_changed(
    bohr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], field: tuple[str, ...], value: object
) -> None:
    record = records(bohr)[0]
    part = record
    for name in field[:-1]:
        part = part[name]
    part[field[-1]] = value
    changed = tmp_path / "changed.jsonl"
    changed.write_text(json.dumps(record) + "\n")
    assert verify.main([str(changed)]) == 1
    assert field[-1] in capsys.readouterr().out


def test_verify_finds_a_changed_quote(bohr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = records(bohr)[0]
    quoted = next(c for c in record["constraints"] if c["evidence"])
    quoted["evidence"][0]["quote"] = "Something else."
    changed = tmp_path / "changed.jsonl"
    changed.write_text(json.dumps(record) + "\n")
    assert verify.main([str(changed)]) == 1
    assert f"constraints.{quoted['id']}.evidence.quote" in capsys.readouterr().out


def test_resuming_a_finished_run_appends_nothing(bohr: Path, tmp_path: Path) -> None:
    out = tmp_path / "tasks.jsonl"
    assert run.main([*BOHR, "--out", str(out), "--quiet"]) == 0
    before = out.read_bytes()
    assert run.main([*BOHR, "--out", str(out), "--quiet", "--resume"]) == 0
    assert out.read_bytes() == before


@pytest.mark.slow
def test_a_run_killed_at_any_step_resumes_to_the_undisturbed_record(bohr: Path, tmp_path: Path) -> None:
    wanted = lasting(records(bohr)[0])
    out = tmp_path / "tasks.jsonl"
    arguments = [sys.executable, "-m", "graph.run", *BOHR, "--out", str(out)]
    kills = 0
    for lines in range(1, 60, 6):
        process = subprocess.Popen([*arguments, "--resume"], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(lines):
            if not process.stdout.readline():
                break
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        if out.exists():
            break
    assert kills >= 3
    assert subprocess.run([*arguments, "--resume", "--quiet"], check=False, stdout=subprocess.DEVNULL).returncode == 0
    assert [lasting(r) for r in records(out)] == [wanted]


@pytest.mark.slow
def test_ctrl_c_stops_at_a_step_boundary_and_says_how_to_go_on(bohr: Path, tmp_path: Path) -> None:
    out = tmp_path / "tasks.jsonl"
    arguments = [sys.executable, "-m", "graph.run", *BOHR, "--out", str(out)]
    process = subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
    assert run.main([*BOHR, "--out", str(out), "--quiet", "--resume"]) == 0
    assert [lasting(r) for r in records(out)] == [lasting(records(bohr)[0])]


@pytest.mark.slow
def test_stepping_without_anybody_to_press_enter_stops_as_ctrl_c_does(tmp_path: Path) -> None:
    done = command("graph.run", *BOHR, "--out", str(tmp_path / "tasks.jsonl"), "--step", input="\n\n")
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_stepping_waits_before_each_node_and_ends_in_the_same_record(bohr: Path, tmp_path: Path) -> None:
    out = tmp_path / "tasks.jsonl"
    done = command("graph.run", *BOHR, "--out", str(out), "--step", input="\n" * 500)
    assert done.returncode == 0, done.stderr
    assert "expand_node" in done.stdout
    assert lasting(records(out)[0]) == lasting(records(bohr)[0])


@pytest.mark.slow
def test_a_killed_sample_resumes_without_loss_or_repetition(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    arguments = ["--sample", "8", "--difficulty", "easy", "--quiet"]
    assert run.main([*arguments, "--out", str(whole)]) == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "graph.run", *arguments, "--out", str(cut)], stdout=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not (cut.exists() and cut.stat().st_size) and process.poll() is None and time.monotonic() < deadline:
        pass
    process.kill()
    process.communicate()
    assert run.main([*arguments, "--out", str(cut), "--resume"]) == 0
    assert [lasting(r) for r in records(cut)] == [lasting(r) for r in records(whole)]


def test_resuming_a_file_that_holds_no_records_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "o.jsonl"
    out.write_text('{"provenance": 5}\n')
    assert run.main(["--entity", "Niels Bohr", "--out", str(out), "--resume"]) == 2
    assert "line 1 is no task record" in capsys.readouterr().err
    assert out.read_text() == '{"provenance": 5}\n'


def test_rejected_may_not_be_the_same_file_by_a_hard_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, link = tmp_path / "o.jsonl", tmp_path / "r.jsonl"
    out.write_text("")
    link.hardlink_to(out)
    assert run.main(["--entity", "Niels Bohr", "--out", str(out), "--rejected", str(link)]) == 2
    assert "another file" in capsys.readouterr().err


def test_a_root_that_is_too_well_known_is_refused_before_anything_grows(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--entity", "Niels Bohr", "--max-popularity", "50"]) == 3
    shown = capsys.readouterr()
    assert "popularity: percentile 9" in shown.err
    assert "extend" not in shown.out

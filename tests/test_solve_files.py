"""What solving reads and writes: each trajectory once, bad input in one line."""

import json
from pathlib import Path

import pytest
from exported import task_file
from rollouts import solved

from graph import solve
from tasks.record import TaskRecord
from tasks.runs import Run
from tasks.trajectories.trajectory import read_trajectories


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    """The tasks of the run."""
    return list(Run.open(finished).tasks())


def test_a_full_disk_ends_it_in_one_line(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("tasks.trajectories.results.append", full)
    assert solve.main([str(finished), "--out", str(tmp_path / "t.jsonl"), "--solver", "teacher"]) == 2
    assert capsys.readouterr().err == "error: no space left on device\n"


def test_a_line_that_is_no_task_ends_it_once_what_came_before_is_done(
    finished: Path, tmp_path: Path, records: list[TaskRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    tasks, out = task_file(tmp_path / "tasks.jsonl", records), tmp_path / "t.jsonl"
    tasks.write_text(tasks.read_text("utf-8") + "{}\n", "utf-8")
    assert solve.main([str(tasks), "--out", str(out), "--solver", "teacher"]) == 2
    assert f"line {len(records) + 1}" in capsys.readouterr().err
    assert len(list(read_trajectories(out))) == len(records)


@pytest.mark.parametrize("there", ["a note of mine", '{"id":"x"}\n{"id":"to', '{"question": "Who'])
def test_the_last_line_of_a_file_of_something_else_is_not_cut_off(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], there: str
) -> None:
    out = tmp_path / "mine"
    out.write_text(there, "utf-8")
    assert solve.main([str(finished), "--out", str(out), "--solver", "teacher"]) == 2
    assert out.read_text("utf-8") == there
    told = capsys.readouterr()
    assert "trajectory" in told.err
    assert told.err.count("\n") == 1
    assert not told.out, "no table of nothing"


def test_what_is_there_is_not_made_again_and_a_torn_line_is(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "t.jsonl"
    whole = solved(finished, out, "--solver", "teacher")
    data = out.read_bytes()
    assert solved(finished, out, "--solver", "teacher") == whole
    assert out.read_bytes() == data
    out.write_bytes(data[:-100])
    assert {t.id for t in solved(finished, out, "--solver", "teacher")} == {t.id for t in whole}
    assert out.read_bytes() == data
    more = solved(finished, out, "--solver", "teacher", "--samples", "2")
    assert len(more) == 2 * len(whole) == len({t.id for t in more})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--solver", "teacher"], "nothing to solve"),
        (["{run}"], "nobody solves: give --model"),
        (["{run}", "--solver", "teacher", "--model", "openai:x"], "--solver teacher asks no model"),
        (["{run}", "--solver", "teacher", "--samples", "0"], "--samples 0: expected a number from 1 on"),
        (["nowhere.jsonl", "--solver", "teacher"], "nowhere.jsonl is no file"),
        (["{out}", "--solver", "teacher"], "name another file than that of the tasks"),
        (["{other}", "--solver", "teacher"], "other.jsonl"),
        (["{run}", "--solver", "teacher", "--k", "0"], "--k 0"),
    ],
)
def test_bad_input_is_one_line(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    out, other = tmp_path / "t.jsonl", tmp_path / "other.jsonl"
    other.write_text(json.dumps({"question": "?"}) + "\n", "utf-8")
    places = {"run": finished, "out": out, "other": other}
    assert solve.main([part.format(**places) for part in given] + ["--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_file_of_something_else_is_not_appended_to(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "t.jsonl"
    out.write_text('{"a": 1}\n', "utf-8")
    assert solve.main([str(finished), "--out", str(out), "--solver", "teacher"]) == 2
    assert "row 1" in capsys.readouterr().err
    assert out.read_text("utf-8") == '{"a": 1}\n'

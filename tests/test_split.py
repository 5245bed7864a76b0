"""`graph.split`: the files that it writes, what it obeys and refuses, and the check of files that exist."""

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from recorded import pair

from graph import split
from tasks.record import TaskRecord
from tasks.review import Verdict, verdicts

TASKS = [pair(f"Q{n}", f"R{n // 2}", f"C{n}", t_hit=n) for n in range(20)]
Rows = Callable[[str], list[dict[str, Any]]]


def write(path: Path, records: Iterable[TaskRecord]) -> Path:
    path.write_text("".join(f"{record.model_dump_json()}\n" for record in records), "utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run directory."""
    home = tmp_path / "run"
    home.mkdir()
    manifest = {"graph_version": "1", "world": {}, "settings": {}, "count": 20, "lanes": 1, "per_diffusion": 1}
    (home / "manifest.json").write_text(json.dumps({**manifest, "mix": {}, "rules": {}}))
    write(home / "tasks.jsonl", TASKS)
    return home


@pytest.fixture
def rows(run: Path) -> Rows:
    return lambda name: [json.loads(line) for line in (run / "splits" / name).read_text("utf-8").splitlines()]


def test_every_task_is_in_one_file(run: Path, rows: Rows, capsys: pytest.CaptureFixture[str]) -> None:
    assert split.main([str(run), "--test", "0.2"]) == 0
    sizes = {name: len(rows(f"{name}.jsonl")) for name in ("train", "dev", "test", "unused")}
    assert sizes == {"train": 14, "dev": 2, "test": 4, "unused": 0}
    figures = json.loads((run / "splits" / "splits.json").read_text())
    assert figures["sizes"] == sizes
    assert figures["source"] == {
        "name": "tasks.jsonl",
        "sha256": sha256((run / "tasks.jsonl").read_bytes()).hexdigest(),
        "tasks": 20,
    }
    for name, digest in figures["files"].items():
        assert sha256((run / "splits" / name).read_bytes()).hexdigest() == digest
    assert {path.name for path in (run / "splits").iterdir()} == {*figures["files"], "splits.json"}
    assert "no leak" in capsys.readouterr().out


def test_lines_are_kept_and_the_same_comes_out_again(run: Path) -> None:
    said = ["--curated", "3", "--seed", "4"]
    assert split.main([str(run), *said]) == 0
    first = {path.name: path.read_bytes() for path in (run / "splits").iterdir()}
    lines = (run / "tasks.jsonl").read_bytes().splitlines(keepends=True)
    kept = [line for name in ("train", "dev", "test") for line in first[f"{name}.jsonl"].splitlines(keepends=True)]
    assert set(kept) < set(lines)
    assert len(kept) == 19
    assert split.main([str(run), *said]) == 0
    assert {path.name: path.read_bytes() for path in (run / "splits").iterdir()} == first
    assert [path.name for path in run.iterdir() if path.name.startswith(".")] == []


def test_curated_tasks_are_test_tasks(run: Path, rows: Rows, capsys: pytest.CaptureFixture[str]) -> None:
    assert split.main([str(run), "--curated", "3"]) == 0
    chosen = [row["id"] for row in rows("curated.jsonl")]
    assert chosen == [TASKS[n].id for n in (19, 18, 17)]
    assert set(chosen) <= {row["id"] for row in rows("test.jsonl")}
    assert chosen[0] in (run / "splits" / "curated-review.md").read_text()
    assert "run/review.jsonl" in (run / "splits" / "curated-review.md").read_text()
    assert "curated: 3 of 3" in capsys.readouterr().out


def test_what_does_not_belong_is_set_aside_with_the_reason(run: Path, rows: Rows) -> None:
    answer, inner = TASKS[1].answer, TASKS[1].root["children"][0]["entity"]
    (run / "theirs.txt").write_text(f"Did {answer} ever see {inner}?\n")
    notes = [("reject", "dull"), ("reject", "vague"), ("accept", "")]
    said = [(0, *notes[0]), (0, *notes[1]), (2, *notes[1]), (2, *notes[2])]
    lines = [json.dumps({"id": TASKS[n].id, "verdict": verdict, "note": note}) for n, verdict, note in said]
    (run / "review.jsonl").write_text("\n".join(lines))
    write(run / "tasks.jsonl", [*TASKS, TASKS[3]])
    assert split.main([str(run), "--benchmark", str(run / "theirs.txt")]) == 0
    found = {row["id"]: (row["kind"], row["reason"]) for row in rows("unused.jsonl")}
    assert found == {
        TASKS[0].id: ("rejected in review", "vague"),
        TASKS[1].id: ("in a benchmark", f"its answer {answer!r} and {inner!r} both stand in theirs.txt line 1"),
        TASKS[3].id: ("near-duplicate", "has the id of an earlier task"),
    }
    assert {row["task"]["id"] for row in rows("unused.jsonl")} == set(found)


def test_a_plain_file_of_tasks_will_do(tmp_path: Path) -> None:
    assert split.main([str(write(tmp_path / "mine.jsonl", TASKS))]) == 0
    assert (tmp_path / "mine-splits" / "train.jsonl").is_file()


@pytest.mark.parametrize(
    ("leaking", "kind"),
    [
        (pair("Q90", "R1", "C90"), "entity: R1"),
        (pair("Q90", "R90", "C90", aliases=("name q2",)), "answer: name q2"),
        (pair("Q90", "R90", "C90", question=TASKS[2].question), "question: they are worded alike"),
    ],
)
def test_planted_leaks_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], leaking: TaskRecord, kind: str
) -> None:
    write(tmp_path / "train.jsonl", TASKS[2:4])
    write(tmp_path / "dev.jsonl", TASKS[4:6])
    write(tmp_path / "test.jsonl", TASKS[6:8])
    assert split.main(["--check", str(tmp_path)]) == 0
    write(tmp_path / "curated.jsonl", [leaking])
    assert split.main(["--check", str(tmp_path)]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert f"{kind} (train {TASKS[2].id}, test {leaking.id})" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl is no file"),
        (["run", "--test", "0.6", "--dev", "0.4"], "some tasks to train on"),
        (["run", "--curated", "-1"], "--curated -1"),
        (["run", "--out", "run"], "run holds other things (manifest.json, tasks.jsonl)"),
        (["run", "--out", "run/tasks.jsonl"], "run/tasks.jsonl is no folder"),
        (["run", "--benchmark", "run/manifest.json"], "manifest.json item 1: no question"),
        (["torn.jsonl"], "torn.jsonl line 1: not JSON"),
        (["other.jsonl"], "other.jsonl line 1: no task record"),
        (["empty.jsonl"], "empty.jsonl holds no tasks"),
        (["."], "is no run directory"),
        (["--check", "run"], "holds fewer than two of train.jsonl, dev.jsonl, test.jsonl"),
        (["--check", "nowhere"], "nowhere is no folder"),
    ],
)
def test_bad_input_is_one_line(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(run.parent)
    for name, text in (("torn", '{"id": '), ("other", "{}"), ("empty", "")):
        Path(f"{name}.jsonl").write_text(text)
    before = sorted(run.parent.rglob("*"))
    assert split.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert said in error
    assert sorted(run.parent.rglob("*")) == before


def test_a_folder_of_somebody_else_is_not_replaced(run: Path) -> None:
    (run / "splits").mkdir()
    write(run / "splits" / "train.jsonl", TASKS[:1])
    assert split.main([str(run)]) == 2
    assert len((run / "splits" / "train.jsonl").read_text().splitlines()) == 1


def test_a_disk_that_is_full_leaves_what_was_there(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    assert split.main([str(run)]) == 0
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    monkeypatch.setattr("os.fsync", full)
    assert split.main([str(run), "--seed", "1"]) == 2
    assert "No space left" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_folder_that_cannot_be_moved_in_brings_the_earlier_one_back(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert split.main([str(run)]) == 0
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "made":
            raise OSError("moved away")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    assert split.main([str(run), "--seed", "1"]) == 2
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_record_that_lacks_what_is_needed_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "t.jsonl", [TASKS[0].model_copy(update={"provenance": {}})])
    assert split.main([str(tmp_path / "t.jsonl")]) == 2
    assert capsys.readouterr().err.startswith("error: a task record lacks 'preset'")


def test_neither_or_both_is_a_mistake(run: Path) -> None:
    for arguments in ([], [str(run), "--check", str(run)]):
        with pytest.raises(SystemExit, match="2"):
            split.main(arguments)


def test_the_last_verdict_counts(tmp_path: Path) -> None:
    path = tmp_path / "review.jsonl"
    assert verdicts(path) == {}
    path.write_text('{"id": "a", "verdict": "reject", "note": "n"}\n\n{"id": "a", "verdict": "accept"}\n')
    assert verdicts(path) == {"a": Verdict(id="a", verdict="accept")}


@pytest.mark.parametrize("line", ['{"id": "a", "verdict": "maybe"}', '{"verdict": "accept"}', "[]", "{"])
def test_a_line_that_is_no_verdict_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "review.jsonl").write_text(f'{{"id": "a", "verdict": "accept"}}\n{line}\n')
    with pytest.raises(ValueError, match=r"review.jsonl line 2: "):
        verdicts(tmp_path / "review.jsonl")

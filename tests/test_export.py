"""The export command: what it reads, what it leaves out, what it refuses, and that it writes all or nothing."""

import json
import sys
from pathlib import Path

import pytest
from exported import reviewed, split, task_file
from hypothesis import given
from hypothesis import strategies as st

import graph.split
from graph import export
from tasks.exports.formats import FORMATS, read_export
from tasks.exports.manifest import Manifest
from tasks.exports.source import Source
from tasks.record import TaskRecord
from tasks.review import verdicts
from tasks.runs import Run

TABLES = sorted(name for name, form in FORMATS.items() if form.row is not None)


def manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / "export.json").read_bytes())


def records(run: Path) -> list[TaskRecord]:
    return list(Run.open(run).tasks())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_beside_the_run_and_says_so(
    name: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export.main([str(run), "--format", name]) == 0
    out = run.with_name(f"run-{name}")
    found, shown = manifest(out), capsys.readouterr().out
    assert f"written to {out}" in shown
    for file in found.files:
        assert f"{file.bytes:,}" in shown
        assert (out / file.name).stat().st_size == file.bytes
    assert found.splits == {"train": tuple(r.id for r in records(run))}


@pytest.mark.parametrize("name", FORMATS)
def test_equal_tasks_give_equal_bytes_and_no_place_of_this_machine(name: str, run: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        assert export.main([str(run), "--format", name, "--out", str(tmp_path / out)]) == 0
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / out).iterdir()} for out in ("one", "two"))
    assert one == two
    assert str(tmp_path) not in (tmp_path / "one" / "export.json").read_text("utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_splits_keep_their_tasks_under_the_names_of_loaders(name: str, run: Path, tmp_path: Path) -> None:
    folder, drafts = split(run, tmp_path / "splits"), ["--drafts", str(run / "rejected.jsonl")]
    given = drafts if name == "preference" else []
    assert export.main([str(folder), "--format", name, "--out", str(tmp_path / "out"), *given]) == 0
    ids = [r.id for r in records(run)]
    expected = {"train": tuple(ids[:-2]), "validation": (ids[-2],), "test": (ids[-1],)}
    assert manifest(tmp_path / "out").splits == expected
    questions = {r.question: r.id for r in records(run)}
    for name_, rows in read_export(tmp_path / "out", name).items():
        found = {questions[row.question] for row in rows if row.question in questions}
        assert found <= set(expected[name_])
        assert found or name == "preference"


def test_a_task_that_a_reader_rejected_last_is_left_out(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *rest = [r.id for r in records(run)]
    reviewed(run, (first, "reject"), (second, "reject"), (second, "accept"))
    assert export.main([str(run), "--format", "trl"]) == 0
    assert "1 left out, rejected by a reader" in capsys.readouterr().out
    out = run.with_name("run-trl")
    assert [row.id for row in read_export(out, "trl")["train"]] == [second, *rest]
    assert manifest(out).left_out == (first,)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(("accept", "reject")), st.text()), max_size=8))
def test_the_last_verdict_on_a_task_counts(tmp_path_factory: pytest.TempPathFactory, said: list) -> None:
    path = tmp_path_factory.mktemp("review") / "review.jsonl"
    assert verdicts(path) == {}
    path.write_text("".join(json.dumps({"id": i, "verdict": v, "note": n}) + "\n" for i, v, n in said), "utf-8")
    assert {i: (v.verdict, v.note) for i, v in verdicts(path).items()} == {i: (v, n) for i, v, n in said}


def test_an_export_that_is_there_is_not_touched(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run.with_name("run-sft")
    out.mkdir()
    assert export.main([str(run), "--format", "sft"]) == 2
    assert capsys.readouterr().err == f"error: {out} exists; choose another --out or remove it\n"
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("name", ["huggingface", "verl"])
def test_a_missing_package_is_named_with_what_installs_it(
    name: str, run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert export.main([str(run), "--format", name]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "pip install -e '.[export]'" in line
    assert not run.with_name(f"run-{name}").exists()
    assert export.main([str(run), "--format", "sft"]) == 0


def _line(run: Path, text: str) -> Path:
    with (run / "tasks.jsonl").open("a", encoding="utf-8") as file:
        file.write(text + "\n")
    return run


def _cut(run: Path, part: str) -> Path:
    rows = [json.loads(line) for line in (run / "tasks.jsonl").read_text("utf-8").splitlines()]
    del rows[0][part][0]["answer"]
    (run / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return run


def _review(run: Path, text: str) -> Path:
    (run / "review.jsonl").write_text(text + "\n", "utf-8")
    return run


def _reject(run: Path) -> Path:
    return reviewed(run, *((r.id, "reject") for r in records(run)))


REFUSED = {
    "no run": (lambda run: run / "nowhere", (), "holds no tasks: expected a run directory"),
    "empty": (lambda run: task_file(run / "none.jsonl", []), (), "nothing to export, it holds no task records"),
    "not JSON": (lambda run: _line(run, "{"), (), "line 5: not JSON"),
    "no record": (lambda run: _line(run, "{}"), (), "line 5: no task record (id: Field required)"),
    "part missing": (lambda run: _cut(run, "steps"), (), "a task record is not as graph.run writes it"),
    "no verdict": (lambda run: _review(run, '{"id": "x"}'), (), "review.jsonl line 1: no verdict (verdict: "),
    "all rejected": (_reject, (), "a reader rejected all 4"),
    "other option": (
        lambda run: run,
        ("--distractors", "3"),
        "--distractors goes with --format environment, not with sft",
    ),
    "a world for nothing": (lambda run: run, ("--world", "atlas"), "--world goes with --trajectories"),
    "no trajectories": (lambda run: run, ("--trajectories", "nowhere.jsonl"), "nowhere.jsonl is no file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line_and_leaves_nothing(case: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, options, said = REFUSED[case]
    out = run.with_name("out")
    assert export.main([str(make(run)), "--format", "sft", "--out", str(out), *options]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert said in line
    assert [p for p in run.parent.iterdir() if p != run] == []


OPTIONS = {
    "--license": ("huggingface", "A licence", "--license 'A licence': expected an identifier"),
    "--distractors": ("environment", "-1", "--distractors '-1': input should be greater than or equal to 0"),
    "--world": ("environment", "/nowhere", "/nowhere holds no world"),
    "--drafts": ("preference", "/nowhere", "/nowhere is no file"),
}


@pytest.mark.parametrize("flag", OPTIONS)
def test_an_option_that_does_not_fit_is_one_line(flag: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, value, said = OPTIONS[flag]
    assert export.main([str(run), "--format", name, flag, value]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {said}")
    assert not run.with_name(f"run-{name}").exists()


def test_a_file_that_was_changed_afterwards_is_not_read(run: Path) -> None:
    assert export.main([str(run), "--format", "curriculum"]) == 0
    out = run.with_name("run-curriculum")
    with (out / "train.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(ValueError, match=r"train\.jsonl is not what was written"):
        read_export(out, "curriculum")
    with pytest.raises(ValueError, match="is an export for curriculum, not for sft"):
        read_export(out, "sft")


def test_a_file_of_tasks_is_exported_as_its_run_is(run: Path, tmp_path: Path) -> None:
    whole, file = Source.open(run), Source.open(run / "tasks.jsonl")
    alone = Source.open(task_file(tmp_path / "alone.jsonl", records(run)))
    assert list(whole.everything()) == list(file.everything()) == list(alone.everything()) == records(run)
    assert (whole.run, alone.run) == (file.run, None)


def test_the_splits_of_a_run_know_their_run(run: Path) -> None:
    """Its drafts, its world, what it cost, and what a reader has said of its tasks since."""
    folder, (gone, *rest) = split(run, run / "splits"), [r.id for r in records(run)]
    reviewed(run, (gone, "reject"))
    source = Source.open(folder)
    assert source.run == Run.open(run)
    assert [r.id for r in source.everything()] == rest
    assert export.main([str(folder), "--format", "preference"]) == 0
    assert {row.id for rows in read_export(run / "splits-preference", "preference").values() for row in rows} <= {*rest}


def test_the_splits_that_the_project_makes_are_exported(run: Path) -> None:
    assert graph.split.main([str(run)]) in (0, 3)
    folder = run / "splits"
    kept = {name: (folder / f"{name}.jsonl").read_text("utf-8").splitlines() for name in ("train", "dev", "test")}
    assert export.main([str(folder), "--format", "trl"]) == 0
    found = read_export(run / "splits-trl", "trl")
    names = {"train": "train", "dev": "validation", "test": "test"}
    ids = {names[name]: [json.loads(line)["id"] for line in lines] for name, lines in kept.items() if lines}
    assert {name: [row.id for row in rows] for name, rows in found.items()} == ids

"""Preference pairs: which draft goes with which accepted question, and which makes no pair."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exported import task_file

from graph import export
from tasks.exports.formats import read_export
from tasks.exports.options import Options
from tasks.exports.preference import Preference, preference
from tasks.exports.source import Source
from tasks.record import TaskRecord
from tasks.runs import Run

Row = dict[str, Any]
Pairs = Callable[..., list[Preference]]


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    return list(Run.open(finished).tasks())


@pytest.fixture(scope="module")
def drafts(finished: Path) -> list[Row]:
    return list(Run.open(finished).rejected())


@pytest.fixture
def pairs(tmp_path: Path) -> Pairs:
    """`pairs(records, drafts)` gives what they make."""

    def made(records: list[TaskRecord], drafts: list[Row]) -> list[Preference]:
        file = tmp_path / "drafts.jsonl"
        file.write_text("".join(json.dumps(draft) + "\n" for draft in drafts), "utf-8")
        source = Source.open(task_file(tmp_path / "tasks.jsonl", records))
        return list(preference(source, "train", Options(drafts=file)))

    return made


def test_a_draft_is_held_against_what_its_candidate_became(
    finished: Path, tmp_path: Path, records: list[TaskRecord], drafts: list[Row]
) -> None:
    assert export.main([str(finished), "--format", "preference", "--out", str(tmp_path / "out")]) == 0
    rows, tasks = read_export(tmp_path / "out", "preference")["train"], {r.id: r for r in records}
    worded = [d for d in drafts if d["wording"] and d["candidate"]["index"] != 1]
    assert len(rows) == len(worded) > 2
    for row, draft in zip(rows, worded, strict=True):
        task = tasks[row.id]
        assert task.provenance["candidate"] == draft["candidate"]
        assert row.rejected[0].content == draft["wording"]["question"] != task.question == row.chosen[0].content
        assert (list(row.reasons), row.kind) == (draft["reasons"], draft["kind"])
        assert task.answer in row.prompt[0].content
        assert {row.prompt[0].role, row.chosen[0].role, row.rejected[0].role} == {"user", "assistant"}


def test_without_candidates_a_draft_is_known_by_its_thread(
    pairs: Pairs, records: list[TaskRecord], drafts: list[Row]
) -> None:
    def bare(row: Row) -> Row:
        return {k: v for k, v in row.items() if k not in ("candidate", "kind")}

    tasks = [r.model_copy(update={"provenance": bare(r.provenance)}) for r in records]
    one, two = pairs(tasks, [bare(d) for d in drafts]), pairs(records, drafts)
    assert [(p.id, p.rejected) for p in one] == [(p.id, p.rejected) for p in two]
    assert {p.kind for p in one} == {d["reasons"][0] for d in drafts if d["wording"]}


def _worded(drafts: list[Row], records: list[TaskRecord]) -> tuple[Row, TaskRecord]:
    """A draft that makes a pair, and the task that it makes it with."""
    by_index = {r.provenance["candidate"]["index"]: r for r in records}
    draft = next(d for d in drafts if d["wording"] and d["candidate"]["index"] in by_index)
    return draft, by_index[draft["candidate"]["index"]]


CHANGES: dict[str, Row] = {
    "never worded": {"wording": None},
    "another answer": {"root": "Nobody"},
    "another candidate": {"candidate": {"index": 99, "number": 0}},
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_says_nothing_against_the_accepted_question_makes_no_pair(
    change: str, pairs: Pairs, records: list[TaskRecord], drafts: list[Row]
) -> None:
    draft, task = _worded(drafts, records)
    assert [p.id for p in pairs([task], [draft])] == [task.id]
    assert pairs([task], [{**draft, **CHANGES[change]}]) == []
    assert pairs([task], [{**draft, "wording": {**draft["wording"], "question": task.question}}]) == []


@pytest.mark.parametrize("found", ["task", "fault"])
def test_questions_without_a_place_and_runs_that_broke_off_are_no_drafts(
    found: str, pairs: Pairs, records: list[TaskRecord]
) -> None:
    row = {"candidate": {"index": 0, "number": 0}, "kind": "repeated answer", "reasons": ["…"], found: {}}
    assert pairs(records, [row]) == []


def test_of_several_questions_of_a_candidate_a_draft_goes_with_its_own_or_else_the_first(
    pairs: Pairs, records: list[TaskRecord], drafts: list[Row]
) -> None:
    draft, task = _worded(drafts, records)
    tasks = [
        task.model_copy(
            update={"id": f"t{n}", "provenance": task.provenance | {"candidate": {"index": 7, "number": n}}}
        )
        for n in (0, 1)
    ]
    several = [{**draft, "candidate": {"index": 7, "number": n}} for n in (1, 0, 5)]
    assert [p.id for p in pairs(tasks, several)] == ["t1", "t0", "t0"]


@pytest.mark.parametrize("line", ["{}", '{"provenance": {}}', '{"provenance": {"thread_id": 1}, "wording": [1]}'])
def test_a_line_that_is_no_draft_is_named(
    line: str, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drafts = tmp_path / "drafts.jsonl"
    drafts.write_text(line + "\n", "utf-8")
    given_ = ["--format", "preference", "--drafts", str(drafts), "--out", str(tmp_path / "out")]
    assert export.main([str(finished), *given_]) == 2
    assert "drafts.jsonl line 1: no draft that was sent back" in capsys.readouterr().err


def test_tasks_without_drafts_give_no_pairs_and_say_so(
    tmp_path: Path, records: list[TaskRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    file = task_file(tmp_path / "tasks.jsonl", records)
    assert export.main([str(file), "--format", "preference"]) == 2
    assert "name its drafts with --drafts (rejected.jsonl of its run)" in capsys.readouterr().err
    (tmp_path / "drafts.jsonl").touch()
    assert export.main([str(file), "--format", "preference", "--drafts", str(tmp_path / "drafts.jsonl")]) == 2
    assert "none of its tasks gives a row of this format" in capsys.readouterr().err

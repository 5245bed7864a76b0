"""Tasks that solvers found too easy or could not solve are sent back, and what comes of them is certified again."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from exported import task_file
from rollouts import rows, solved

from graph import refine, verify
from graph.solver_cases import open_place
from hcsp.constraints import constant_of
from tasks.files import append, claimed
from tasks.record import TaskRecord, tree_of
from tasks.refinement import EARLY, FAST, MEMORY, UNSOLVED, against
from tasks.runs import REJECTED, Run, read_records
from tasks.trajectories.making import sheet_of
from tasks.trajectories.results import with_verdict
from tasks.trajectories.sampling import judged
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.trajectory import Trajectory, Turn
from tasks.trajectories.transcript import parse_turn, say


@pytest.fixture(scope="module")
def taught(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Trajectory]:
    """The teacher's trajectories of the run."""
    return solved(finished, tmp_path_factory.mktemp("taught") / "t.jsonl", "--solver", "teacher")


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    """Its tasks."""
    return list(Run.open(finished).tasks())


async def sheet(finished: Path, record: TaskRecord) -> Sheet:
    world = open_place(Run.open(finished).manifest.settings["world"]).world
    assert world is not None
    return await sheet_of(record, world)


def changed(trajectory: Trajectory, turns: Sequence[Turn], of: Sheet) -> Trajectory:
    """The trajectory with other turns, judged anew."""
    bare = trajectory.model_copy(update={"turns": tuple(turns), "outcome": "answered", "reasons": ()})
    return with_verdict(bare, judged(bare, of))


async def test_an_answer_from_memory_points_at_the_clue_that_tells_most(
    finished: Path, records: list[TaskRecord], taught: list[Trajectory]
) -> None:
    record = records[0]
    guess = changed(taught[0], [parse_turn(say("", answer=record.answer))], await sheet(finished, record))
    found = against(record, [guess])
    assert found is not None
    assert found.finding.check == MEMORY
    (clue,) = found.finding.clauses
    needed = record.certificate["necessary"]
    assert needed[clue] == min(needed.values())
    has_constant = constant_of(next(c for c in tree_of(record).clues if c.id == clue)) is not None
    kinds = [repair.kind for repair in found.offered]
    assert kinds[-1] == "deepen"
    assert ("fuzz" in kinds) >= has_constant
    assert all(repair.clue in (clue, None) for repair in found.offered)


async def test_the_query_after_which_it_was_named_points_at_its_clue(
    finished: Path, records: list[TaskRecord], taught: list[Trajectory]
) -> None:
    record, told = records[0], {c["id"]: c["surface"] for c in records[0].constraints}
    clue = tree_of(record).clues[-1].id
    search = parse_turn(say("", [told[clue]]))
    shown = search.model_copy(update={"searches": (search.searches[0].model_copy(update={"pages": taught[0].pages}),)})
    turns = [shown, parse_turn(say("", answer=record.answer))]
    quick = changed(taught[0], turns, await sheet(finished, record))
    found = against(record, [quick])
    assert found is not None
    assert (found.finding.check, found.finding.clauses) == (EARLY, (clue,))


def test_fewer_searches_than_the_preset_asks_for_are_too_few(
    records: list[TaskRecord], taught: list[Trajectory]
) -> None:
    preset = {**records[0].provenance["preset"], "search_floor": 99}
    strict = records[0].model_copy(update={"provenance": {**records[0].provenance, "preset": preset}})
    found = against(strict, [taught[0]], early=0)
    assert found is not None
    assert found.finding.check == FAST
    assert f"{len(taught[0].searches)} retrievals, at least 99 are wanted" in found.finding.why


def test_a_preset_that_asks_for_no_searches_is_content_with_any(
    records: list[TaskRecord], taught: list[Trajectory]
) -> None:
    preset = {**records[0].provenance["preset"], "search_floor": None}
    easy = records[0].model_copy(update={"provenance": {**records[0].provenance, "preset": preset}})
    assert against(easy, [taught[0]], early=0) is None


async def test_what_nobody_solves_gets_a_clue_back_where_fewest_came(
    finished: Path, records: list[TaskRecord], taught: list[Trajectory]
) -> None:
    record = records[0]
    lost = changed(taught[0], [parse_turn(say("", answer="nobody"))], await sheet(finished, record))
    found = against(record, [lost, lost])
    assert found is not None
    assert found.finding.check == UNSOLVED
    assert {repair.kind for repair in found.offered} == {"restore"}
    assert {repair.vertex for repair in found.offered} == set(tree_of(record).entities)
    assert found.offered[0].vertex == next(tree_of(record).bottom_up())


def test_nothing_is_said_against_a_task_that_nobody_tried_or_that_took_its_time(
    records: list[TaskRecord], taught: list[Trajectory]
) -> None:
    assert all(against(record, []) is None for record in records)
    assert all(against(record, [t], early=0) is None for record, t in zip(records, taught, strict=True))


def test_what_is_sent_back_is_certified_again_and_the_rest_stays(
    finished: Path, tmp_path: Path, records: list[TaskRecord]
) -> None:
    made, out = tmp_path / "t.jsonl", tmp_path / "refined.jsonl"
    solved(finished, made, "--solver", "teacher")
    assert refine.main([str(finished), str(made), "--out", str(out), "--early", "2"]) == 0
    after = list(read_records(out))
    refined = [record for record in after if "refined" in record.provenance]
    assert refined
    old = {record.id: record for record in records}
    for record in after:
        if record in refined:
            (lesson,) = record.provenance["refined"]
            before = old[lesson["task"]]
            assert record.id != before.id
            assert record.answer == before.answer
            assert lesson["question"] == before.question
            assert EARLY in lesson["why"]
        else:
            assert record == old[record.id]
    assert verify.main([str(out)]) == 0
    kept = out.read_bytes()
    assert refine.main([str(finished), str(made), "--out", str(out), "--early", "2"]) == 0
    assert out.read_bytes() == kept, "what is there stays, and is not made again"
    assert all(t.kept for t in solved(out, tmp_path / "t2.jsonl", "--solver", "teacher"))


@pytest.mark.slow
def test_what_was_refined_is_refined_again(finished: Path, tmp_path: Path) -> None:
    solved(finished, tmp_path / "t1.jsonl", "--solver", "teacher")
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert refine.main([str(finished), str(tmp_path / "t1.jsonl"), "--out", str(first), "--early", "2"]) == 0
    solved(first, tmp_path / "t2.jsonl", "--solver", "teacher")
    again = [str(first), str(tmp_path / "t2.jsonl"), "--out", str(second), "--early", "9"]
    assert refine.main(again) == 0
    before = {record.id: len(record.provenance.get("refined", ())) for record in read_records(first)}
    after = [record.provenance["refined"] for record in read_records(second)]
    assert 2 in map(len, after)
    assert all(len(lessons) == before[lessons[-1]["task"]] + 1 for lessons in after)
    assert verify.main([str(second)]) == 0
    kept = second.read_bytes()
    assert refine.main(again) == 0
    assert second.read_bytes() == kept


@pytest.mark.slow
def test_drafts_are_sent_back_too_and_become_tasks(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drafts, out = run / REJECTED, tmp_path / "refined.jsonl"
    tries = solved(drafts, tmp_path / "t.jsonl", "--solver", "teacher")
    asked = [str(drafts), str(tmp_path / "t.jsonl"), "--out", str(out), "--early", "9"]
    assert refine.main(asked) == 0
    told = capsys.readouterr().out
    tasks = list(read_records(out))
    assert tasks
    assert told.count("refined: ") == len(tasks)
    assert {record.provenance["refined"][0]["task"] for record in tasks} <= {t.task for t in tries}
    assert len({record.id for record in tasks}) == len(tasks), "drafts of one run may come to one task"
    assert verify.main([str(out)]) == 0
    kept = out.read_bytes()
    assert refine.main(asked) == 0
    assert out.read_bytes() == kept


def test_one_process_at_a_time_refines_into_a_file(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, out = tmp_path / "t.jsonl", tmp_path / "refined.jsonl"
    solved(finished, made, "--solver", "teacher")
    with claimed(out):
        assert refine.main([str(finished), str(made), "--out", str(out)]) == 2
    assert "another process appends to" in capsys.readouterr().err
    assert not rows(out)


def test_a_draft_that_nothing_is_said_against_stays_one(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drafts, file, out = run / REJECTED, tmp_path / "t.jsonl", tmp_path / "refined.jsonl"
    for made in solved(drafts, tmp_path / "all.jsonl", "--solver", "teacher"):
        slow = {**(made.measures or {}), "t_model": 9, "prior": False, "retrievals": 99, "right": True}
        append(file, made.model_copy(update={"measures": slow}).model_dump(mode="json"))
    assert refine.main([str(drafts), str(file), "--out", str(out)]) == 0
    assert "still a draft" in capsys.readouterr().out
    assert not rows(out)


def test_a_file_of_drafts_may_begin_with_a_run_that_broke(run: Path, tmp_path: Path) -> None:
    drafts = (run / REJECTED).read_text("utf-8")
    broke = json.dumps({"kind": "fault ValueError", "entity": "Q1", "reasons": ["no"], "fault": "Traceback"})
    (run / REJECTED).write_text(f"{broke}\n{drafts}", "utf-8")
    assert solved(run / REJECTED, tmp_path / "t.jsonl", "--solver", "teacher")


def test_a_task_that_is_not_the_same_when_made_again_is_left_out(
    finished: Path, tmp_path: Path, records: list[TaskRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    made, out = tmp_path / "t.jsonl", tmp_path / "refined.jsonl"
    other = records[0].model_copy(update={"provenance": {**records[0].provenance, "seed": 12345}})
    solved(finished, made, "--solver", "teacher")
    tasks = task_file(tmp_path / "tasks.jsonl", [other])
    assert refine.main([str(tasks), str(made), "--out", str(out), "--early", "9"]) == 0
    assert "not the same when made again" in capsys.readouterr().out
    assert not rows(out)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("{run}", "{none}", "--out", "{out}"), "no trajectory is of a task or draft in"),
        (("{run}", "{none}", "--out", "{out}", "--max-calls", "3"), "--max-calls is about models, and none is named"),
        (("{run}", "nowhere", "--out", "{out}"), "nowhere is no file"),
        (("{run}", "{none}", "--out", "{none}"), "name another file than those that are read"),
    ],
)
def test_bad_input_is_one_line(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], said: str
) -> None:
    none = tmp_path / "none.jsonl"
    none.write_text("", "utf-8")
    places = {"run": finished, "none": none, "out": tmp_path / "out.jsonl"}
    assert refine.main([part.format(**places) for part in given]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1

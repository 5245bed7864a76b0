"""What is measured of a trajectory, what rejection sampling keeps, and the tables."""

import asyncio
from pathlib import Path

import pytest
from exported import task_file
from graded import Graded, graded, world_of
from hypothesis import given
from hypothesis import strategies as st
from test_rewards import BEST, SHEET, answered, searched

from benchmarks.policies import POLICIES
from graph import export
from hcsp.names import occurring
from tasks.exports.formats import read_export
from tasks.record import tree_of
from tasks.runs import Run
from tasks.trails import trail_of
from tasks.trajectories.intervals import mean, share
from tasks.trajectories.making import sheet_from_record, sheet_of
from tasks.trajectories.measures import measure
from tasks.trajectories.sampling import judged, sampled
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.tables import FORT, markdown, signatures
from tasks.trajectories.trajectory import Player, Search, Trajectory, Turn, identify

SOLVER = Player(solver="scripted", model="test")


def trajectory(turns: tuple[Turn, ...], outcome: str = "answered", task: str = "t") -> Trajectory:
    return Trajectory.model_validate(
        {
            "id": identify(task, SOLVER, 0, 0),
            "task": task,
            "question": SHEET.question,
            "sample": 0,
            "seed": 0,
            "solver": SOLVER,
            "world": {"name": "small", "version": "1", "sha256": "0"},
            "k": 5,
            "turns": turns,
            "outcome": outcome,
        }
    )


@pytest.fixture(scope="module")
def tasks(finished: Path) -> list[Graded]:
    return graded(finished)


# The sheet


def test_a_sheet_lists_every_page_that_states_a_fact_or_names_the_answer(finished: Path) -> None:
    world = world_of(finished)

    async def check() -> None:
        pages = [await world.page(page) for page in world.page_ids]
        for record in Run.open(finished).tasks():
            sheet, tree = await sheet_of(record, world), tree_of(record)
            assert Sheet.model_validate_json(sheet.model_dump_json()) == sheet
            states = (await trail_of(world, tree, tree.clues)).states
            told = [(fact.constraint, set(fact.pages)) for fact in sheet.stated]
            assert told == [(c, set(pages)) for c, facts in states.items() for pages in facts]
            names = (record.answer, *record.answer_aliases)
            assert sheet.naming == tuple(p.id for p in pages if occurring(names, f"{p.title} {p.text}"))
            assert sheet.whole
            assert [v.vertex for v in sheet.variables] == list(tree.below(tree.root))
            assert max(v.level for v in sheet.variables) == tree.levels
            assert sheet.search_floor == record.certificate["search_floor"]

    asyncio.run(check())


def test_a_sheet_out_of_a_record_alone_holds_part_of_it_and_says_so(finished: Path) -> None:
    world = world_of(finished)
    for record in Run.open(finished).tasks():
        alone, whole = sheet_from_record(record), asyncio.run(sheet_of(record, world))
        assert not alone.whole
        assert set(alone.naming) <= set(whole.naming)
        assert {f.constraint for f in alone.facts} == {f.constraint for f in whole.facts}
        every = {page for fact in whole.stated for page in fact.pages}
        assert {page for fact in alone.stated for page in fact.pages} <= every
        assert (alone.answers, alone.question, alone.route) == (whole.answers, whole.question, whole.route)


def test_a_world_that_is_paid_for_is_not_searched_for_a_name(finished: Path) -> None:
    world = world_of(finished)
    [record, *_] = Run.open(finished).tasks()
    sheet = asyncio.run(sheet_of(record, world, most=0))
    assert (sheet.naming, sheet.whole) == ((), False)
    shown = Search(query="q", pages=("x",), information=({"page": "x", "text": f"It is {record.answer}."},))
    turn = searched("q").model_copy(update={"searches": (shown,)})
    assert measure([turn], sheet).t_tool == 1


@pytest.mark.parametrize("name", ["trl", "verl"])
def test_without_its_world_a_row_has_the_sheet_of_its_record_and_the_manifest_says_so(
    name: str, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = []
    for record in Run.open(finished).tasks():
        provenance = {**record.provenance, "settings": {**record.provenance["settings"], "world": "nowhere"}}
        away.append(record.model_copy(update={"provenance": provenance}))
    file = task_file(tmp_path / "tasks.jsonl", away)
    assert export.main([str(file), "--format", name, "--out", str(tmp_path / "out")]) == 0
    assert f"{len(away)} of the pages that the record quotes" in capsys.readouterr().out
    rows = [row.model_dump() for row in read_export(tmp_path / "out", name)["train"]]
    sheets = [row["reward_sheet"] if name == "trl" else row["extra_info"]["reward_sheet"] for row in rows]
    assert [Sheet.model_validate_json(sheet) for sheet in sheets] == [sheet_from_record(record) for record in away]
    world = ["--world", str(world_of(finished).path), "--out", str(tmp_path / "whole")]
    assert export.main([str(file), "--format", name, *world]) == 0
    assert f"{len(away)} of the whole world" in capsys.readouterr().out
    assert export.main([str(file), "--format", name, "--world", "atlas", "--out", str(tmp_path / "other")]) == 2
    assert "name the right one with --world" in capsys.readouterr().err


# Measures


def test_the_measures_of_the_best_way() -> None:
    found = measure(BEST, SHEET)
    assert found.model_dump() == {
        "right": True,
        "retrievals": 2,
        "turns": 3,
        "faults": 0,
        "t_tool": 2,
        "t_model": 2,
        "t_hit": 2,
        "prior": False,
        "covered": (1 / 3, 1.0),
        "told_at": {"c1": 2, "c2": 2, "c3": 1},
        "reached": {"A": 2, "B": 1},
        "overlap": 1.0,
        "repeats": 0,
        "blocked": (),
    }


@pytest.mark.parametrize(
    ("turns", "t_tool", "t_model", "prior"),
    [
        ((answered("Ada Arnet"),), None, 0, True),
        ((searched("Ada Arnet", "p1"), answered("Ada Arnet")), 1, 0, True),
        ((searched("x", "p1"), answered("Ada Arnet")), 1, 1, False),
        ((searched("x", "p4"), searched("y", "p1", think="Is it Ada of Aldau?"), answered("Ada Arnet")), 2, 1, True),
        ((searched("a", "p4"), answered("Bela Bosk")), None, None, False),
        ((searched("x", "p1", think="Adams of Aldau, Ada"), answered("Ada Arnet")), 1, 1, False),
    ],
)
def test_whoever_names_the_answer_before_a_page_does_took_a_shortcut(
    turns: tuple[Turn, ...], t_tool: int | None, t_model: int | None, prior: bool
) -> None:
    found = measure(turns, SHEET)
    assert (found.t_tool, found.t_model, found.prior) == (t_tool, t_model, prior)
    assert found.t_hit == min((t for t in (t_tool, t_model) if t is not None), default=None)


# Rejection sampling


def test_only_the_teacher_is_kept_and_each_other_has_its_reason(tasks: list[Graded]) -> None:
    reasons = {
        "teacher": set(),
        "teacher without its last page": {"evidence"},
        "teacher with a rival as answer": {"a rival"},
        "right answer without evidence": {"prior shortcut", "evidence"},
        "question copier": {"wrong answer", "evidence"},
        "one letter": {"wrong answer", "evidence"},
    }
    for task in tasks:
        for name, expected in reasons.items():
            kept = task.episodes[name].trajectory(SOLVER, {}, 5)
            verdict = judged(kept, task.player.sheet)
            assert {reason.check for reason in verdict.reasons} == expected, name
            assert verdict.kept == (name == "teacher")
        for name in POLICIES:
            verdict = judged(task.episodes[name].trajectory(SOLVER, {}, 5), task.player.sheet)
            assert verdict.kept == (name == "teacher")


def test_missing_evidence_names_its_clauses_and_a_rival_its_name() -> None:
    turns = (searched("x", "p1"), answered("BOSK, Bela"))
    [rival, evidence] = judged(trajectory(turns), SHEET).reasons
    assert (rival.check, rival.name) == ("a rival", "Bela Bosk")
    assert (evidence.check, evidence.clauses) == ("evidence", ("c2", "c3"))


def test_a_blocked_page_and_an_unfinished_run_are_not_kept() -> None:
    cheat = (searched("x", "https://huggingface.co/d"), *BEST)
    assert [r.check for r in judged(trajectory(cheat), SHEET).reasons] == ["blocked page"]
    [reason] = judged(trajectory(BEST[:2], "out_of_turns"), SHEET).reasons
    assert (reason.check, reason.why) == ("outcome", "out_of_turns")


def test_a_trajectory_of_no_known_task_is_told_of_all_the_same() -> None:
    [(kept, verdict)] = sampled([trajectory(BEST, task="u")], {"t": SHEET})
    assert (kept.task, verdict.kept, verdict.measures) == ("u", False, None)
    assert [r.check for r in verdict.reasons] == ["no sheet"]


# Tables


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (50, 100, 0.4038, 0.5962)]
)
def test_the_interval_of_a_share_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    found = share(hits, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


@pytest.mark.slow
@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.integers(0, 9))
def test_the_interval_of_a_mean_holds_it_and_comes_again(values: list[float], seed: int) -> None:
    found = mean(values, seed)
    assert found == mean(values, seed)
    assert found.low is not None
    assert found.low - 1e-9 <= (found.value or 0.0) <= (found.high or 0.0) + 1e-9
    assert min(values) - 1e-9 <= found.low
    assert found.n == len(values)


def test_figures_of_nothing_are_none() -> None:
    assert (share(0, 0).value, mean([]).value) == (None, None)
    with pytest.raises(ValueError, match="3 of 2 is no share"):
        share(3, 2)


def test_signatures_are_taken_over_those_that_are_right() -> None:
    turns = [BEST, (answered("Ada Arnet"),), (searched("x", "p0"), searched("x", "p0"), answered("Bela Bosk"))]
    found = signatures(judged(trajectory(t), SHEET) for t in turns)
    assert (found.trajectories, found.solved.value, found.kept.value) == (3, 2 / 3, 1 / 3)
    assert (found.omega.value, found.t_hit.value, found.p_prior.value) == (1.0, 1.0, 0.5)
    assert found.repeats.value == 0.25
    assert found.reasons == {"evidence": 2, "prior shortcut": 1, "a rival": 1}


def test_the_table_stands_beside_what_is_published() -> None:
    lines = markdown({"ours": signatures([judged(trajectory(BEST), SHEET)])}).splitlines()
    assert lines[2].startswith("| ours | 1 | 100.0 % (20.7 to 100.0) | 2.0 (2.0 to 2.0) | 2.0 (2.0 to 2.0) | 0.0 %")
    assert len(lines) == 3 + len(FORT) == 10
    assert "| InfoSeek (published) | | | 20.6 | 5.7 | 2.0 % |" in lines

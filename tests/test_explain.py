"""The explanation of a record: it agrees with the certificate, the audit and the verdict, whatever they say."""

import asyncio
import json
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain import PlainSource, lowest, problems
from rich.console import Console

from graph import run
from graph.explain import explanation
from hcsp.certificate import high, low
from hcsp.constraints import TypeConstraint
from hcsp.preset import PRESETS, Preset
from hcsp.solver import Solver
from hcsp.tree import ResearchTree
from tasks.audit import Audit, Seen
from tasks.explained import DISTINCT, FEW, Explained, explained, stages
from tasks.judging import judge
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.thresholds import thresholds
from worlds.opening import open_world

Row = dict[str, Any]
Drawn = tuple[ResearchTree, PlainSource]
Judged = tuple[dict[str, Any], dict[str, Any], Preset]
EASY = ("--sample", "6", "--difficulty", "easy")


def made(folder: Path, *arguments: str) -> list[Row]:
    assert run.main([*arguments, "--quiet", "--out", str(folder / "tasks.jsonl")]) == 0
    return [json.loads(line) for line in (folder / "tasks.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def bohr(tmp_path_factory: pytest.TempPathFactory) -> Row:
    return made(tmp_path_factory.mktemp("bohr"), "--entity", "Niels Bohr")[0]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, bohr: Row) -> list[Row]:
    return [bohr, *made(tmp_path_factory.mktemp("easy"), *EASY)]


@pytest.fixture(scope="module")
def cases(rows: list[Row]) -> list[Explained]:
    return [asyncio.run(explained(TaskRecord.model_validate(row), open_world("atlas"))) for row in rows]


def spoken(row: Row, world: str = "atlas", width: int = 400) -> str:
    """The explanation of a record as text."""
    out = StringIO()
    told = asyncio.run(explanation(TaskRecord.model_validate(row), open_world(world)))
    Console(file=out, width=width, highlight=False).print(told)
    return out.getvalue()


def changed(row: Row, **fields: Any) -> Row:
    return json.loads(json.dumps(row)) | fields


@given(problems())
def test_the_stages_of_a_variable_only_narrow_and_end_in_its_candidates(
    drawn: Drawn,
) -> None:
    tree, source = drawn
    solver, told = Solver(tree, source), []
    for vertex in tree.entities:
        ids, sets = zip(*stages(solver, vertex), strict=True)
        assert sets[-1] == solver.candidates(vertex)
        for before, after in pairwise(sets):
            assert after.lower.issubset(before.lower)
            assert after.upper.issubset(before.upper)
        own = {c.id for c in tree.constraints if lowest(tree, c) == vertex}
        assert {c for c in ids if c != DISTINCT} == own
        told += [c for c in ids if c != DISTINCT]
    assert sorted(told) == sorted(c.id for c in tree.constraints)


def test_what_is_told_of_the_sets_is_what_the_certificate_counts(cases: list[Explained]) -> None:
    for case in cases:
        assert case.disputed == case.namesakes == ()
        for vertex, steps in case.narrowings.items():
            assert steps[-1].left == (case.labels[vertex],)
            assert all(s.removed == high(s.before) - high(s.after) for s in steps)
            assert all(s.alone is not None and low(s.alone) >= low(s.after) for s in steps)
        assert {lift.what: lift.answers for lift in case.clues} == case.certificate.necessary
        assert {lift.what: lift.answers for lift in case.questions} == case.certificate.hierarchy
        for lift in (*case.clues, *case.questions):
            assert len(lift.back) == min(FEW, low(lift.answers) - 1)
            assert case.record.answer not in lift.back


def test_the_route_adds_up_to_every_clause_and_uses_only_names_that_were_shown(cases: list[Explained]) -> None:
    routed = [case for case in cases if case.route]
    assert len(routed) > 1
    for case in routed:
        seen: set[str] = set()
        for step, hop in zip(case.route, case.certificate.route, strict=True):
            assert step.query == hop.query
            assert step.uses is None or step.uses in seen
            seen.update(name for page in step.pages for name in page.shows)
            assert {c for page in step.pages for c in page.states if "/" not in c} <= set(step.held)
        clauses = [c.id for c in case.tree.constraints if not isinstance(c, TypeConstraint)]
        assert sorted(case.route[-1].held) == sorted(clauses)


@st.composite
def judged(draw: st.DrawFn) -> Judged:
    """Changes to a certificate and to an audit that bring any of their numbers anywhere, and a preset."""
    few = st.integers(0, 12)
    certificate: dict[str, Any] = {"unique": draw(st.booleans()), "selectivity": draw(few), "rival_count": draw(few)}
    for field in ("necessary", "necessary_locally", "hierarchy", "edges"):
        certificate[field] = draw(st.lists(few, min_size=5, max_size=5))
    reached = draw(st.booleans())
    for field in ("dispersion", "dependency", "search_floor", "blind_cost", "t_hit"):
        certificate[field] = draw(st.none() | few) if reached else None
    certificate["not_checked"] = () if reached else ("dispersion", "dependency", "search_floor", "blind_cost", "t_hit")
    audit = {
        "leaks": draw(st.sampled_from([{}, {"B": ("a", "b")}])),
        "single_reading": draw(st.sampled_from([None, True, False])),
        "popularity": draw(st.none() | st.floats(0, 100)),
        "seen": draw(st.booleans()),
    }
    return certificate, audit, draw(st.sampled_from([*PRESETS.values()]))


@given(judged())
def test_each_threshold_is_told_as_it_is_judged(bohr: Row, drawn: Judged) -> None:
    record = TaskRecord.model_validate(bohr)
    tree, numbers, attack, preset = tree_of(record), drawn[0], dict(drawn[1]), drawn[2]
    claimed, attacked = certificate_of(record), Audit.model_validate(record.audit)
    for field in ("necessary", "necessary_locally", "hierarchy", "edges"):
        numbers[field] = dict(zip(getattr(claimed, field), numbers[field], strict=False))
    certificate = claimed.model_copy(update=numbers)
    if attack.pop("seen"):
        seen = {"answer_best": 3, "answer_seen": (Seen(clauses=(), rank=3),)}
        attack["ranks"] = attacked.ranks.model_copy(update=seen)
    attack["not_checked"] = tuple(f for f in ("single_reading", "popularity") if attack[f] is None)
    attacked = attacked.model_copy(update=attack)
    missed, found = judge(certificate, attacked, preset, tree, 60)
    told = {row.field: row for row in thresholds(certificate, attacked, preset, tree, 60)}
    names = {"unretrievable": "search_floor"}
    failed = {names.get(f.check, f.check) for f in missed} | {f.check for f in found}
    assert {field for field, row in told.items() if row.met is False} == failed
    for failure in missed:
        if failure.at != "not computed" and failure.check != "unique":
            assert told[names.get(failure.check, failure.check)].needed == f"≥ {failure.needed}"
    unmeasured = {field for field, row in told.items() if row.value == "not measured"}
    assert unmeasured == {*certificate.not_checked, *attacked.not_checked}


def test_everything_that_proves_a_question_is_told(bohr: Row) -> None:
    text = spoken(bohr)
    assert bohr["question"] in text
    for constraint in bohr["constraints"]:
        assert constraint["surface"] in text
    for hop in bohr["certificate"]["route"]:
        assert hop["query"] in text
    assert "Only Niels Bohr is left" in text
    assert "Nobody else bears a name of the answer" in text
    for rival in bohr["certificate"]["rivals"][:2]:
        assert rival["label"] in text
    assert "Everything that was computed is met" in text
    assert "not met" not in text
    assert "says otherwise" not in text


def test_a_clue_less_brings_a_second_answer_and_the_verdict_says_so(bohr: Row) -> None:
    clue = next(iter(bohr["certificate"]["necessary"]))
    kept = [c for c in bohr["constraints"] if c["id"] != clue]
    text = spoken(changed(bohr, constraints=kept))
    assert "is not settled" in text
    assert "not met" in text
    assert "The record itself says otherwise about: certificate.unique, certificate.necessary" in text


def test_a_changed_number_is_named(bohr: Row) -> None:
    raised = bohr["certificate"] | {"selectivity": bohr["certificate"]["selectivity"] + 1}
    text = spoken(changed(bohr, certificate=raised, audit=bohr["audit"] | {"rare_words": -1}))
    assert "says otherwise about: certificate.selectivity, audit.rare_words." in text


def test_what_was_not_measured_is_not_made_up(tmp_path: Path) -> None:
    (row,) = made(tmp_path, "--entity", "Niels Bohr", "--no-retrieval")
    text = spoken(row)
    assert "Not measured: dispersion, dependency, search_floor, blind_cost, t_hit." in text
    assert "not measured" in text


def test_words_of_a_record_are_never_markup(bohr: Row) -> None:
    row = changed(bohr, question="Who [/red] [bold]was it?")
    row["constraints"][1]["surface"] = "[link=x]died"
    row["steps"][0]["question"] = "Which [/] one?"
    text = spoken(row)
    assert all(words in text for words in ("Who [/red] [bold]was it?", "[link=x]died", "Which [/] one?"))


def test_equal_records_are_explained_in_equal_words_at_any_width(bohr: Row) -> None:
    assert spoken(bohr) == spoken(bohr)
    assert "Only Niels Bohr is left" in spoken(bohr, width=60)


def test_another_version_of_the_world_explains_nothing(bohr: Row) -> None:
    made_in = {"name": "atlas", "version": "old", "sha256": "0" * 64}
    with pytest.raises(ValueError, match="made in atlas old"):
        spoken(changed(bohr, provenance=bohr["provenance"] | {"world": made_in}))

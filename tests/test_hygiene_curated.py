"""The figures of diversity, and the curated set: what is fit, what is hard, what is balanced, and its review sheet."""

import re
from collections import Counter
from typing import Any

import pytest
from recorded import pair, recorded
from sketched import clue

from hcsp.certificate import RETRIEVAL, Interval
from tasks.audit import NEEDS_A_MODEL
from tasks.hygiene.curated import curate, hardness, unfit
from tasks.hygiene.diversity import Spread, diversity, spread
from tasks.hygiene.sheet import review_sheet
from tasks.record import TaskRecord


def changed(record: TaskRecord, **audit: Any) -> TaskRecord:
    """The record with fields of its audit changed."""
    return record.model_copy(update={"audit": {**record.audit, **audit}})


def test_a_spread_counts_and_weighs() -> None:
    assert spread("aabc") == Spread(total=4, distinct=3, commonest="a", share=0.5, entropy=0.946395)
    assert spread("ba") == Spread(total=2, distinct=2, commonest="a", share=0.5, entropy=1.0)
    assert spread("aa").entropy == 0.0
    assert spread(()) == Spread(total=0, distinct=0)


def test_diversity_of_two_tasks() -> None:
    two = clue("c", "B", "P106", "C2")
    records = [pair("Q1", "Q2", "C1"), recorded({"A": "Q3", "B": "Q2"}, clue("e", "A", "P19", "B"), two, noun="film")]
    found = diversity(records)
    assert (found.tasks, found.answers.distinct, found.types.distinct) == (2, 2, 2)
    assert found.entities == spread(["Name Q1 (Q1)", "Name Q2 (Q2)", "Name Q3 (Q3)", "Name Q2 (Q2)"])
    assert found.constants == spread(["C1 (C1)", "C2 (C2)"])
    assert found.relations == spread(["P19", "P47", "P19", "P106"])
    assert found.shapes == spread(["0(1)", "0(1)"])


FIT = pair("Q1", "Q2", "C1")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (FIT, None),
        (pair("Q1", "Q2", "C1", selectivity=4), "fails selectivity"),
        (pair("Q1", "Q2", "C1", search_floor=None), "fails unretrievable"),
        (
            pair("Q1", "Q2", "C1", not_checked=RETRIEVAL),
            "not checked: dispersion, dependency, search_floor, blind_cost, t_hit",
        ),
        (changed(FIT, words=71), "fails too_long"),
        (changed(FIT, leaks={"A": ["Name Q1"]}), "fails leaks"),
        (
            changed(FIT, single_reading=None, not_checked=["single_reading", *NEEDS_A_MODEL]),
            "not checked: single_reading",
        ),
        (FIT.model_copy(update={"provenance": {}}), "is not shaped as a record that can be judged"),
    ],
)
def test_only_what_passed_everything_is_fit(record: TaskRecord, why: str | None) -> None:
    assert unfit(record) == why


def test_hardness_orders_by_what_predicts() -> None:
    easy = pair("Q1", "Q2", "C1")
    late = pair("Q3", "Q4", "C2", t_hit=20)
    never = pair("Q5", "Q6", "C3", t_hit=None, blind_cost=None)
    deep = pair("Q7", "Q8", "C4", t_hit=None, blind_cost=None, search_floor=Interval(low=5, high=9))
    found = hardness([easy, late, never, deep])
    assert found == sorted(found)
    assert len(set(found)) == 4
    assert hardness([pair("Q1", "Q2", rival_count=90), easy])[0] == 0.5, "what does not predict does not count"
    assert hardness([]) == []


def test_the_hardest_of_the_hardest_preset_comes_first() -> None:
    tasks = [pair(f"Q{n}", f"R{n}", f"C{n}", t_hit=n) for n in range(9)]
    lenient = pair("Q9", "R9", "C9", preset="easy", t_hit=59)
    chosen = curate([*tasks, lenient], 3).tasks
    assert [r.answer for r in chosen] == ["Name Q8", "Name Q7", "Name Q6"]


def test_cells_take_turns_as_far_as_they_go() -> None:
    people = [pair(f"Q{n}", f"R{n}", f"C{n}", t_hit=50 + n) for n in range(8)]
    films = [pair(f"F{n}", f"G{n}", f"D{n}", noun="film", t_hit=n) for n in range(2)]
    found = curate([*people, *films], 6)
    assert Counter(r.answer_type for r in found.tasks) == {"human": 4, "film": 2}
    assert [r.answer_type for r in found.tasks[:4]].count("film") == 2
    assert (found.fit, found.unfit) == (10, {})


def test_no_answer_comes_twice_by_any_of_its_names() -> None:
    tasks = [
        pair("Q1", "R1", "C1", aliases=("Élan",)),
        pair("Q2", "R2", "C2", labels={"A": "elan"}),
        pair("Q3", "R3", "C3"),
    ]
    assert len(curate(tasks, 3).tasks) == 2


def test_what_would_cost_many_tasks_is_taken_only_for_want_of_others() -> None:
    tasks = [pair(f"Q{n}", f"R{n}", f"C{n}", t_hit=n) for n in range(9)]
    crowds = {record.id: 30 if n == 8 else n for n, record in enumerate(tasks)}
    found = curate(tasks, 1, crowds)
    assert ([r.answer for r in found.tasks], found.unfit) == (
        ["Name Q5"],
        {"shares entities with more than 5 others": 3},
    )
    assert [r.answer for r in curate(tasks, 2, crowds).tasks] == ["Name Q7", "Name Q6"]
    assert curate(tasks, 9, crowds).fit == 9


def test_what_is_unfit_is_counted() -> None:
    found = curate([FIT, pair("Q3", "Q4", selectivity=1), pair("Q5", "Q6", selectivity=2)], 9)
    assert ([r.id for r in found.tasks], found.unfit) == ([FIT.id], {"fails selectivity": 2})


def test_the_sheet_holds_what_a_reader_needs() -> None:
    quote = {"page": "P", "title": "A *page*", "url": "https://x/y", "start": 0, "end": 3, "quote": "one\n| <b>two</b>"}
    row = FIT.model_dump(mode="json")
    row["constraints"][3]["evidence"] = [{**quote, "page_sha256": "0"}]
    row["certificate"]["rivals"] = [{"entity": "Q9", "label": "Rival", "fails": ["c0"], "witness": {}, "evidence": []}]
    row["certificate"]["necessary"]["c0"] = {"low": 2, "high": 4}
    sheet = review_sheet([TaskRecord.model_validate(row)], NEEDS_A_MODEL, "run/review.jsonl")
    assert "**Answer:** Name Q1, human" in sheet
    assert "| c0 | clue | claim c0 | 9 | 2 to 4 |" in sheet
    assert "- Rival: fails c0 (claim c0)" in sheet
    assert f'{{"id": "{FIT.id}", "verdict": "accept", "note": ""}}' in sheet
    assert r"“one \| \<b\>two\</b\>”" in sheet
    assert not re.search(r"(?<!\\)<", sheet.replace("\n> ", ""))
    assert "No program has judged: closed_book, from_pages, alternatives." in sheet

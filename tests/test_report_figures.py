"""The figures of a report: every task counted once, and numbers as worked out by hand."""

import base64
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reported import tiny_tasks, write_run

from tasks.report.charts import NEVER, UNMEASURED, histogram, shares
from tasks.report.figures import Lines, asked, details, figures
from tasks.report.page import TOGETHER, chunks, embedded
from tasks.report.source import Source

VALUES = st.lists(
    st.one_of(st.integers(0, 10**6), st.floats(0.001, 10**4), st.sampled_from([NEVER, UNMEASURED]), st.none())
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("report")
    return write_run(home / "run", tiny_tasks(home))


@pytest.fixture(scope="module")
def told(run: Path) -> dict[str, Any]:
    """The figures of the run."""
    source, lines = Source.open(run), Lines()
    for _ in details(source, lines):
        pass
    return figures(source, lines)


@given(VALUES, VALUES)
def test_a_histogram_has_every_value_once(first: list[Any], second: list[Any]) -> None:
    chart = histogram({"a": first, "b": second})
    for name, values in (("a", first), ("b", second)):
        assert sum(chart["counts"][name]) == sum(v is not None for v in values)
        assert len(chart["counts"][name]) == len(chart["labels"])
    assert len(set(chart["labels"])) == len(chart["labels"])


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_a_bar_says_between_which_numbers_it_counts(values: list[int]) -> None:
    chart = histogram({"": values})
    for label, count in zip(chart["labels"], chart["counts"][""], strict=True):
        low, _, high = label.partition("–")
        assert count == sum(int(low) <= v <= int(high or low) for v in values)


def test_close_numbers_get_a_bar_each_and_distant_ones_share() -> None:
    assert histogram({"": [2, 3, 5, 3, NEVER]}) == {
        "labels": ["2", "3", "4", "5", NEVER],
        "counts": {"": [1, 2, 0, 1, 1]},
    }
    assert histogram({"": [1, 7, 300]})["labels"] == [
        "1",
        "2–4",
        "5–9",
        "10–19",
        "20–49",
        "50–99",
        "100–199",
        "200–499",
    ]
    assert histogram({"": [0.3, 1.5]})["labels"] == ["0.2–0.5", "0.5–1", "1–2"]
    assert histogram({"": [20, 24, 61]})["labels"][:2] == ["20–24", "25–29"]


def test_shares_stand_beside_what_was_asked_for() -> None:
    assert shares(Counter({"b": 2, "c": 5, "d": 5}), {"a": 1, "b": 3}) == [
        {"value": "a", "count": 0, "wanted": 0.25},
        {"value": "b", "count": 2, "wanted": 0.75},
        {"value": "c", "count": 5, "wanted": None},
        {"value": "d", "count": 5, "wanted": None},
    ]


def test_a_preset_asks_only_where_it_judges() -> None:
    numbers = {"necessary": 2, "needed_at": "vertex", "rivals": 5, "dispersion": None}
    assert asked("necessary", {"easy": numbers}) == {}
    assert asked("necessary", {"medium": numbers | {"needed_at": "root"}}) == {"medium": 2}
    assert asked("rival_count", {"medium": numbers}) == {"medium": 5}
    assert asked("dispersion", {"medium": numbers}) == {}


def test_candidates_and_costs_add_up(told: dict[str, Any]) -> None:
    ledger = told["ledger"]
    assert (ledger["tried"], ledger["accepted"], ledger["placeless"]) == (4, 2, 1)
    assert ledger["refused"] == [{"kind": "dispersion", "count": 1}, {"kind": "leaks", "count": 1}]
    assert ledger["cost"] == {"cpu_s": 6.25, "pages": 6}
    assert [row["cpu_s"] for row in told["rows"]] == [0.5, 1.5]
    assert {name: sum(counts) for name, counts in ledger["spent"]["counts"].items()} == {
        "accepted": 2,
        "not accepted": 2,
    }


def test_rejections_come_by_heading_with_their_questions(told: dict[str, Any]) -> None:
    first, second = told["rejected"]
    assert (first["kind"], first["count"], second["kind"], second["count"]) == ("dispersion", 2, "leaks", 1)
    assert [e["question"] for e in first["examples"]] == [None, "Which draft is number 2?"]
    assert second["examples"][0]["reasons"] == ["leaks: why"]


def test_lines_tables_and_charts_count_the_same_tasks(told: dict[str, Any], run: Path) -> None:
    tasks = [json.loads(line) for line in (run / "tasks.jsonl").read_text("utf-8").splitlines()]
    assert [row["question"] for row in told["rows"]] == [task["question"] for task in tasks]
    for row, task in zip(told["rows"], tasks, strict=True):
        assert row["necessary"] == min(task["certificate"]["necessary"].values())
        assert row["search_floor"] == task["certificate"]["search_floor"]
        clues = [c for c in task["constraints"] if c["kind"] != "type" and "vertex" not in c.get("target", {})]
        assert row["vertices"] == len(task["steps"]) + len(clues)
    assert sum(v["count"] for v in told["vertices"]) == len(tasks)
    assert [v["count"] for v in told["mix"]["preset"]] == [2, 0]
    assert all(sum(c["counts"]["medium"]) == len(tasks) for c in told["charts"])


def test_a_run_that_goes_on_keeps_its_identity_and_another_has_its_own(
    run: Path, told: dict[str, Any], tmp_path: Path
) -> None:
    tasks = [json.loads(line) for line in (run / "tasks.jsonl").read_text("utf-8").splitlines()]

    def identity(path: Path) -> str:
        lines = Lines()
        list(details(Source.open(path), lines))
        return str(figures(Source.open(path), lines)["identity"])

    assert identity(write_run(tmp_path / "shorter", tasks[:1])) == told["identity"]
    assert identity(write_run(tmp_path / "other", tasks, count=3)) != told["identity"]


@given(JSON)
def test_nothing_in_embedded_json_ends_its_element(value: Any) -> None:
    text = embedded([value, "</script><!--", "\u2028"])
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == [value, "</script><!--", "\u2028"]


@given(st.lists(st.dictionaries(st.text(), st.integers()), max_size=3 * TOGETHER))
def test_packed_tasks_come_out_as_they_went_in(tasks: list[dict[str, int]]) -> None:
    packed = [json.loads(gzip.decompress(base64.b64decode(chunk))) for chunk in chunks(tasks)]
    assert [task for some in packed for task in some] == tasks
    assert all(len(some) == TOGETHER for some in packed[:-1])

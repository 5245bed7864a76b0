"""How items, literals and sentences are read."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worlds.literals import quantity_interval, time_interval
from worlds.model import Fact
from worlds.relations import known_relations
from worlds.web.fetching import retry_after
from worlds.web.sentences import sentences
from worlds.wikidata.claims import quantity_text, read_item, time_text
from worlds.wikidata.queries import Goal, Paths
from worlds.wikidata.sayings import spoken, written


@pytest.mark.parametrize(
    ("time", "precision", "text"),
    [
        ("+1885-10-07T00:00:00Z", 11, "1885-10-07"),
        ("+1885-10-00T00:00:00Z", 10, "1885-10"),
        ("+1885-00-00T00:00:00Z", 9, "1885"),
        ("+1885-10-07T00:00:00Z", 9, "1885"),
        ("-0044-03-15T00:00:00Z", 11, "-0044-03-15"),
        ("+1880-00-00T00:00:00Z", 8, None),
        ("+1900-00-00T00:00:00Z", 7, None),
        ("", 11, None),
    ],
)
def test_times_are_cut_to_their_precision_and_coarse_ones_are_none(time: str, precision: int, text: str | None) -> None:
    assert time_text(time, precision) == text


@given(st.integers(1, 9999), st.integers(0, 12), st.integers(0, 28), st.integers(0, 14))
def test_every_time_that_is_read_can_be_placed(year: int, month: int, day: int, precision: int) -> None:
    text = time_text(f"+{year:04d}-{month:02d}-{day:02d}T00:00:00Z", precision)
    assert (text is None) == (precision < 9)
    assert text is None or time_interval(text).low == year


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_every_amount_that_is_read_can_be_placed(amount: Any) -> None:
    text = quantity_text(f"{amount:+f}", "http://www.wikidata.org/entity/Q11573")
    assert text is not None
    span = quantity_interval(text)
    assert span.unit == "Q11573"
    assert span.low <= amount <= span.high


@pytest.mark.parametrize("amount", ["", "NaN", "many", "+Infinity"])
def test_an_amount_that_is_no_number_is_none(amount: str) -> None:
    assert quantity_text(amount, "1") is None


def _said(value: object, rank: str = "normal", kind: str = "value") -> dict[str, Any]:
    return {"rank": rank, "mainsnak": {"snaktype": kind, "datavalue": {"value": value}}}


def test_of_an_item_the_best_ranked_statements_count_and_what_cannot_be_written_is_remembered() -> None:
    raw = {
        "id": "Q1",
        "labels": {"mul": {"value": "One"}},
        "aliases": {"en": [{"value": "Uno"}], "mul": [{"value": "Uno"}, {"value": "1"}]},
        "claims": {
            "P19": [_said({"id": "Q2"}), _said({"id": "Q3"}, "preferred"), _said({"id": "Q4"}, "deprecated")],
            "P20": [_said({"id": "Q5"}, "deprecated"), {"rank": "normal", "mainsnak": {"snaktype": "somevalue"}}],
            "P27": [_said({"id": "Q6"}), _said({"id": "Q7"})],
            "P569": [_said({"time": "+1800-00-00T00:00:00Z", "precision": 7})],
            "P31": [_said({"id": "Q5"})],
            "P99999": [_said("not in the table")],
        },
    }
    item = read_item(raw, known_relations(), "en", "enwiki")
    assert (item.label, item.aliases, item.title, item.kinds) == ("One", ("Uno", "1"), None, ("Q5",))
    assert item.facts == (Fact("Q1", "P19", "Q3"), Fact("Q1", "P27", "Q6"), Fact("Q1", "P27", "Q7"))
    assert item.vague == {"P569"}


def test_paths_follow_the_flags_of_relations() -> None:
    paths = Paths(known_relations())
    assert paths.path("P19") == "wdt:P19"
    assert paths.path("P47") == "(wdt:P47|^wdt:P47)"
    assert paths.path("P131") == "(wdt:P131)+"
    assert paths.path("P184") == "(wdt:P184|^wdt:P185)"
    assert paths.path("P527") == "((wdt:P527|^wdt:P361))|(^((wdt:P361|^wdt:P527)+))"
    assert "FILTER(?x != wd:Q1)" in paths.pattern(Goal("P131", "in", "Q1"), "x")


TEXT = (
    "Niels Bohr (7 October 1885) was a physicist. Dr. J. J. Thomson taught him in St. Ives.\n"
    "Early life\nBohr was born in Copenhagen! He won the Nobel Prize in 1922."
)


def test_sentences_end_where_they_should() -> None:
    assert [TEXT[a:b] for a, b in sentences(TEXT)] == [
        "Niels Bohr (7 October 1885) was a physicist.",
        "Dr. J. J. Thomson taught him in St. Ives.",
        "Early life",
        "Bohr was born in Copenhagen!",
        "He won the Nobel Prize in 1922.",
    ]


@given(st.text(alphabet='Ab. !?\n"é', max_size=60))
def test_sentences_are_in_order_and_leave_out_nothing_but_space(text: str) -> None:
    spans = list(sentences(text))
    assert all(a < b for a, b in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


def test_a_sentence_states_a_fact_only_with_a_word_for_the_relation() -> None:
    def told(relation: str, *names: str) -> list[str]:
        return [TEXT[s.start : s.end] for s in spoken(Fact("Q1", relation, "Q2"), "Q1", TEXT, names)]

    assert told("P19", "Copenhagen", "København") == ["Bohr was born in Copenhagen!"]
    assert told("P20", "Copenhagen") == []
    assert told("P166", "Nobel Prize") == ["He won the Nobel Prize in 1922."]
    assert told("P19", "Aarhus") == []


def test_a_literal_is_looked_for_as_a_text_writes_it() -> None:
    assert written(Fact("Q1", "P569", "1885-10-07", "time")) == ("1885",)
    assert written(Fact("Q1", "P1082", "1234567.5", "quantity")) == ("1234567.5", "1,234,567.5")
    assert written(Fact("Q1", "P246", "Hf", "string")) == ("Hf",)


@pytest.mark.parametrize(("header", "wait"), [(None, None), ("", None), ("7", 7), ("-3", 0), ("soon", None)])
def test_the_time_to_wait_is_read_however_it_is_said(header: str | None, wait: float | None) -> None:
    assert retry_after(header) == wait

"""The one rule for names: folding, equality and occurrence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcsp.names import key, occurring, occurs, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Erwin Schrödinger", "erwin schrodinger"),
        ("Curie, Marie", "curie marie"),
        ("Straße", "STRASSE"),
        ("ﬁeld", "field"),
        ("O'Brien", "o’brien"),
        ("Σίσυφος", "σισυφοσ"),
        ("x²", "x2"),
    ],
)
def test_names_are_equal_up_to_case_marks_and_punctuation(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("Bohr", "Born"), ("Wu", "Wu Li"), ("C", "C++11"), ("Ørsted", "Orsted")])
def test_other_names_are_not(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_a_name_occurs_where_its_words_stand_consecutively() -> None:
    text = "Who taught Niels Bohr's brother Harald, born in Copenhagen?"
    assert occurring(["niels bohr", "Bohr", "Harald Bohr", "Niels", "Copen", "Copenhagen "], text) == [
        "niels bohr",
        "Bohr",
        "Niels",
        "Copenhagen ",
    ]
    assert not occurs("born Copenhagen", text)


@given(st.text())
def test_a_name_without_words_occurs_nowhere(text: str) -> None:
    assert not occurs("", text)
    assert not occurs("?! …", text)


@given(st.text(), st.text(), st.text())
def test_every_name_with_words_occurs_in_a_text_that_holds_it(before: str, name: str, after: str) -> None:
    assert occurs(name, f"{before} {name} {after}") == bool(words(name))


def test_folding_is_done_in_one_go() -> None:
    """A folded name folds to itself, whatever letters it is made of."""
    letters = map(chr, (*range(0x3000), *range(0xA640, 0xAC00), *range(0xF900, 0x10000)))
    assert [c for c in letters if key(key(c)) != key(c)] == []

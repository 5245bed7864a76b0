"""Names that stand for themselves, and those that are parts of longer ones."""

import pytest

from worlds.corpus.standing import apart, ended, respelt, shortened


def stands(text: str) -> bool:
    """Whether what stands in angle brackets is no part of a longer name; the text is one sentence."""
    start, end = text.index("<"), text.index(">") - 1
    whole = text.replace("<", "").replace(">", "")
    return apart(whole, start, end, 0, whole.split)


@pytest.mark.parametrize(
    "text",
    [
        "He went to <Paris> and came back.",
        "In <Paris> he stayed, in all.",
        "The <Gambia> is small.",
        "It is called the <Gambia>, a river.",
        "He read <Einstein>'s papers.",
        "Sir <Isaac Newton> wrote it.",
        "a bank of <France>",
    ],
)
def test_a_name_that_stands_for_itself(text: str) -> None:
    assert stands(text)


@pytest.mark.parametrize(
    "text",
    [
        "It stars Lee J. Cobb, <Ed> Begley and others.",
        "<Radio> Free Europe broadcast it.",
        "the 1953 Buick <Skylark>, with a spare tire",
        "the Point Pelee National <Park> in Canada",
        "George <Washington> was there.",
        "The Hegira of F. <Murray> began.",
        "the University of <California>, Berkeley",
        "the Duke of <Wellington> won",
        "the Bank of the <West>",
        "the Paris-<Dakar> rally",
        "the <Austria>-Hungary of old",
        "<Johnson> & Johnson sold it",
        "Marks & <Spencer> sold it",
        "the Irish <Rugby Football> Union",
        "Jefferson <Memorial> Forest.",
    ],
)
def test_a_name_that_may_be_part_of_a_longer_one(text: str) -> None:
    assert not stands(text)


def test_what_ends_the_sentence_before_is_no_part_of_a_name() -> None:
    text = "He met Ada. France fell."
    assert apart(text, 12, 18, 12, tuple)


def test_a_shortened_title_is_what_is_left_without_what_tells_it_apart() -> None:
    assert shortened("ed", "Ed (film)")
    assert shortened("Paris", "Paris, Texas")
    assert not shortened("Ed (film)", "Ed (film)")
    assert not shortened("Ed", "Ed")


def test_a_short_name_is_written_as_its_title_is() -> None:
    assert respelt("at T", "AT&T")
    assert not respelt("AT&T", "AT&T")
    assert not respelt("rugby football", "Rugby football")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("He sailed.", True), ("“He sailed.”", True), ("It is so:", True), ("Sociology of religion", False), ("", False)],
)
def test_a_sentence_has_a_stop(text: str, is_one: bool) -> None:
    assert ended(text, len(text)) is is_one

"""The answer matcher: what a careful examiner lets pass, and nothing that only holds the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcsp.names import key
from tasks.dates import Date, read_date
from tasks.matching import matches

WORD = st.text("abcdefghijklmnopqrstuvwxyzéüßøłÅ", min_size=2, max_size=8).filter(
    lambda w: (
        w.casefold() not in {"or", "not", "an", "the", "it", "is", "was", "he", "she", "this", "that", "so", "well"}
    )
)
NAMES = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("niels bohr", "Niels Bohr"),
        ("**Niels Bohr**.", "Niels Bohr"),
        ("The answer is: Niels Bohr", "Niels Bohr"),
        ("I think it is Niels Bohr.", "Niels Bohr"),
        ("Bohr, Niels", "Niels Bohr"),
        ("Niels Bohr (Danish physicist)", "Niels Bohr"),
        ("Mercury", "Mercury (planet)"),
        ("Erwin Schroedinger", "Erwin Schrödinger"),
        ("Erwin Schrodinger", "Erwin Schrödinger"),
        ("Tromso", "Tromsø"),
        ("Lodz", "Łódź"),
        ("JRR Tolkien", "J. R. R. Tolkien"),
        ("Beatles", "The Beatles"),
        ("a Hard Day's Night", "A Hard Day’s Night"),
        ("Marks and Spencer", "Marks & Spencer"),
        ("Saint-Denis", "Saint Denis"),
        ("This Is Spinal Tap", "This Is Spinal Tap"),
        ("It's a Wonderful Life", "It's a Wonderful Life"),
        ("The The", "The The"),
        ("!!!", "!!!"),
        ("1,234 km", "1234 kilometres"),
        ("1 234", "1,234"),
        ("1234", "1234 km"),
        ("12 m²", "12 square metres"),
        ("183.842 u", "183.84 u"),
        ("seven", "7"),
        ("7 October 1885", "1885-10-07"),
        ("October 7th, 1885", "1885-10-07"),
        ("on the 7th of Oct. 1885", "1885-10-07"),
        ("1885-10-07", "1885"),
        ("in October 1885", "1885-10"),
        ("44 BC", "-0044"),
        ("AD 79", "0079"),
    ],
)
def test_the_answer_in_other_words(said: str, name: str) -> None:
    assert matches(said, [name])
    assert matches(said, ["something else", name])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("a", "A Bohr"),
        ("the", "The Who"),
        ("", "Niels Bohr"),
        ("?", "Niels Bohr"),
        ("not Niels Bohr", "Niels Bohr"),
        ("It is not Niels Bohr", "Niels Bohr"),
        ("Niels Bohr or Max Planck", "Niels Bohr"),
        ("Max Planck (or Niels Bohr)", "Niels Bohr"),
        ("Niels Bohr (or Max Planck)", "Niels Bohr"),
        ("Max Planck (not Niels Bohr)", "Niels Bohr"),
        ("Niels Bohr, Max Planck", "Niels Bohr"),
        ("Niels Bohr; Max Planck", "Niels Bohr"),
        ("Niels Bohr's brother", "Niels Bohr"),
        ("Bohr", "Niels Bohr"),
        ("Niels Bohr Institute", "Niels Bohr"),
        ("Who taught Niels Bohr in Copenhagen?", "Niels Bohr"),
        ("Mercury (metal)", "Mercury (planet)"),
        ("2001", "2001: A Space Odyssey"),
        ("10", "10 Downing Street"),
        ("1234 m", "1234 km"),
        ("1.234", "1234"),
        ("1235", "1234"),
        ("183.85 u", "183.84 u"),
        ("8", "7"),
        ("1885", "1885-10-07"),
        ("October 1885", "1885-10-07"),
        ("8 October 1885", "1885-10-07"),
        ("7 October 1886", "1885-10-07"),
        ("1885 or 1886", "1885"),
        ("between 1880 and 1890", "1885"),
        ("44", "-0044"),
        ("44 AD", "-0044"),
    ],
)
def test_what_is_not_the_answer(said: str, name: str) -> None:
    assert not matches(said, [name])


def test_a_letter_counts_only_where_there_is_no_longer_name() -> None:
    assert not matches("a", ["ampere", "A"])
    assert matches("amp", ["ampere", "A", "amp"])
    assert matches("Q", ["Q"])


@given(NAMES, st.data())
def test_the_name_matches_however_it_is_dressed(name: str, data: st.DataObject) -> None:
    dressed = data.draw(st.sampled_from((str, str.upper, str.title, "the {}".format, " {}. ".format, "**{}**".format)))
    assert matches(dressed(name), [name])
    assert matches(name, ["other", dressed(name)])
    assert matches(f"The answer is {name}", [name])


@given(NAMES, NAMES)
def test_nothing_that_only_holds_the_name_matches(name: str, other: str) -> None:
    for said in (
        f"not {name}",
        f"{name} or {other}",
        f"{other} or {name}",
        f"{name}, {other}, {other}",
        f"{other}, {name} and {other}",
        f"{name} (or {other})",
        f"Which {other} is {name}?",
        "a",
        "",
    ):
        assert not matches(said, [name])


@given(NAMES, NAMES)
def test_another_name_is_another_answer(name: str, other: str) -> None:
    spelt = [
        text.casefold().translate(str.maketrans({"ø": "o", "ł": "l", "å": "a", "ü": "u"})) for text in (name, other)
    ]
    if key(spelt[0]) == key(spelt[1]):
        assert matches(name, [other])
    elif not set("øüÅå") & set(name + other):
        assert not matches(name, [other])


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gets_a_verdict_and_equal_names_get_yes(said: str, names: list[str]) -> None:
    assert matches(said, names) in (True, False)
    if key(said):
        assert matches(said, [*names, said]) or len(key(said)) == 1


@given(st.integers(1000, 10**9), st.integers(1, 10**9))
def test_numbers_are_equal_when_their_values_are(value: int, off: int) -> None:
    for said in (f"{value:,}", f"{value:,}".replace(",", " "), f"{value}.0", f"{value:,} km", f"{value} kilometres"):
        assert matches(said, [f"{value} km"])
        assert not matches(said, [f"{value + off} km"])
    assert not matches(f"{value} m", [f"{value} km"])


@given(st.dates())
def test_a_date_is_within_its_year_and_month_and_never_the_other_way(day: object) -> None:
    year, month, full = (
        f"{day:%Y}".zfill(4),
        f"{day:%Y}".zfill(4) + f"-{day:%m}",
        f"{day:%Y}".zfill(4) + f"-{day:%m-%d}",
    )
    written = f"{day:%d %B} {int(year)}" if int(year) > 99 else full
    for said in (full, written):
        assert all(matches(said, [name]) for name in (year, month, full))
    assert not matches(year, [month])
    assert not matches(month, [full])
    assert read_date(full) == Date(int(year), int(month[-2:]), int(full[-2:]))

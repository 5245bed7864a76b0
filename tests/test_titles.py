"""How titles resolve, and the names that articles go by."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worlds.corpus.titles as module
from worlds.corpus.document import Document, Link, Skipped
from worlds.corpus.titles import Titles, normal


def article(title: str, *links: tuple[str, str]) -> Document:
    text, placed = "", []
    for shown, target in links:
        placed.append(Link(len(text), len(text) + len(shown), target))
        text += f"{shown} "
    return Document(title, text, tuple(placed))


def redirect(title: str, target: str) -> Document:
    return Document(title, "", (Link(0, 0, target),), kind="redirect")


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("New_York  City ", "New York City"),
        ("__a_\u00a0\u2003b\n", "A b"),
        ("iPhone", "IPhone"),
        ("élan", "Élan"),
        ("e\u0301lan", "Élan"),
        ("ßeta", "ßeta"),
        ("ვეფხი", "ვეფხი"),
        ("жук", "Жук"),
        ("Caf%C3%A9", "Café"),
        ("100%", "100%"),
        ("50%25 rule", "50% rule"),
        ("A%FFb", "A%FFb"),
        ("AT&amp;T", "AT&T"),
        ("AT&T; x", "AT&T; x"),
        ("Rome#History", "Rome"),
        ("C%23 x", "C"),
        ("#History", ""),
        (":Category:Towns", "Category:Towns"),
        (": rome", "Rome"),
        ("AC/DC/live", "AC/DC/live"),
        ("Ro\u200eme", "Rome"),
        ("", ""),
        (" _ ", ""),
    ],
)
def test_one_form_of_a_title(written: str, form: str) -> None:
    assert normal(written) == form


@given(st.text())
def test_a_form_is_in_nfc_and_has_no_other_form(text: str) -> None:
    form = normal(text)
    assert unicodedata.is_normalized("NFC", form)
    assert form == form.strip()
    plain = text.replace("%", "").replace("&", "").replace("#", "").replace(":", "")
    assert normal(normal(plain)) == normal(plain)


def test_targets_resolve_through_redirects() -> None:
    titles = Titles.of(
        [
            article("New York City"),
            redirect("NYC", "new York_City"),
            redirect("Big Apple", "NYC"),
            redirect("Bronx (part)", "Big Apple#Bronx"),
            redirect("Gone", "Nowhere"),
            redirect("Gone too", "Gone"),
            redirect("Self", "self"),
            redirect("Egg", "Hen"),
            redirect("Hen", "Egg"),
            redirect("Yolk", "Egg"),
            Document("Empty", "", kind="redirect"),
        ]
    )
    for target in ("New York City", "new_York City#Parks", "NYC", "nYC", "Big%20Apple", ":Bronx (part)"):
        assert titles.resolve(target) == "New York City"
    for target in ("new york city", "Gone", "Gone too", "Self", "Egg", "Hen", "Yolk", "Empty", "", "#a", "Other"):
        assert titles.resolve(target) is None
    assert set(titles.broken()) == {
        *(Skipped(title, "a redirect to nowhere") for title in ("Gone", "Gone too", "Empty")),
        *(Skipped(title, "a redirect in a loop") for title in ("Self", "Egg", "Hen", "Yolk")),
    }


def test_a_document_that_comes_later_mends_a_redirect() -> None:
    titles = Titles.of([redirect("NYC", "New York City")])
    assert titles.resolve("NYC") is None
    assert titles.add(article("New York City"))
    assert titles.resolve("NYC") == "New York City"


def test_the_first_of_two_titles_counts() -> None:
    titles = Titles.of([article("Rome"), redirect("Roma", "Rome")])
    assert not titles.add(redirect("rome", "Roma"))
    assert not titles.add(article("roma"))
    assert not titles.add(article("_"))
    assert titles.resolve("Roma") == "Rome"


def test_aliases_are_redirects_and_frequent_link_texts() -> None:
    used = [
        ("the city", "NYC"),
        ("the city", "New York City"),
        ("The Apple", "NYC"),
        ("new York City", "New York City"),
    ]
    titles = Titles.of(
        [
            article("New York City"),
            redirect("NYC", "New York City"),
            redirect("Big Apple", "NYC"),
            redirect("Bronx", "New York City#Bronx"),
            redirect("The Bronx", "Bronx"),
            article("A", *used, ("x", "A")),
            article("B", *used, ("the  city", "Big Apple"), ("nowhere", "Gone")),
        ]
    )
    assert titles.aliases(least=2) == {"New York City": ("NYC", "Big Apple", "the city", "The Apple")}
    assert titles.aliases(least=5)["New York City"] == ("NYC", "Big Apple", "the city")
    assert titles.aliases(least=6)["New York City"] == ("NYC", "Big Apple")
    assert "x" in titles.aliases(least=1)["A"]


def test_a_long_chain_is_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 20_000
    titles = Titles.of([article("T0"), *(redirect(f"T{n}", f"T{n - 1}") for n in range(1, count))])
    calls = calls_of(monkeypatch)
    assert titles.resolve(f"T{count - 1}") == "T0"
    assert len(titles.aliases()["T0"]) == count - 1
    assert not list(titles.broken())
    assert next(calls) < 3 * count


def calls_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """How often titles are brought into their form from here on."""
    calls = 0

    def counted(title: str) -> str:
        nonlocal calls
        calls += 1
        return normal(title)

    monkeypatch.setattr(module, "normal", counted)

    def told() -> Iterator[int]:
        yield calls

    return told()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12), st.sets(st.integers(0, 9)))
def test_resolving_is_following(drawn: list[tuple[int, int]], articles: set[int]) -> None:
    redirects = {start: end for start, end in reversed(drawn) if start not in articles}
    titles = Titles.of(
        [*(article(f"T{n}") for n in articles), *(redirect(f"T{a}", f"t{b}") for a, b in redirects.items())]
    )
    for n in range(10):
        at = n
        for _ in range(10):
            at = redirects.get(at, at)
        assert titles.resolve(f"T{n}") == (f"T{at}" if at in articles else None)

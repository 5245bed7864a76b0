"""Names found in running text: equal to a slow search by the same rule, and where they stand."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcsp.names import folded, occurs, words
from worlds.corpus.mentions import LONGEST, Mention, Names, ordinary_words
from worlds.corpus.wordspans import pieces, word_spans

AWKWARD = "aAbBéÉe\u0301\u0301ßİıſςΣ½ǆﬁÅ1_9 .-–—…’·\u00a0\u200b\u2028\u3000中文\n\tЖж\ud800"
texts = st.text(st.sampled_from(AWKWARD), max_size=40)
names = st.lists(st.tuples(st.text(st.sampled_from(AWKWARD), max_size=8), st.integers(0, 3)), max_size=8)
CITY = [("Bern", 0), ("New Brenz", 1), ("Brenz", 2), ("New Brenz Harbour", 3), ("Mercury", 4), ("Mercury", 5)]


def shown(text: str, found: Iterable[Mention]) -> list[tuple[str, tuple[int, ...]]]:
    return [(text[m.start : m.end], m.documents) for m in found]


def slowly(known: Iterable[tuple[str, int]], text: str) -> list[tuple[int, int, tuple[int, ...]]]:
    """Word numbers instead of positions: the longest names first, then the first ones, unless words are taken."""
    told: dict[tuple[str, ...], set[int]] = {}
    for name, document in known:
        parts = words(name)
        if len("".join(parts)) > 1 and not "".join(parts).isdecimal() and len(parts) <= LONGEST:
            told.setdefault(parts, set()).add(document)
    stream, taken = words(text), set[int]()
    found = []
    runs = [(n, at) for n in range(LONGEST, 0, -1) for at in range(len(stream) - n + 1)]
    for n, at in runs:
        who, place = told.get(stream[at : at + n]), set(range(at, at + n))
        if who and not place & taken:
            taken |= place
            found.append((at, at + n, tuple(sorted(who))))
    return sorted(found)


@given(texts)
def test_the_words_and_their_places_are_those_of_the_rule(text: str) -> None:
    spans = word_spans(text)
    assert tuple(s.word for s in spans) == words(text)
    assert all(s.word in words(text[s.start : s.end]) for s in spans)
    assert "".join(map(folded, text)) == folded(text)


@given(texts)
def test_every_word_lies_in_one_piece(text: str) -> None:
    cut = pieces(text)
    assert [text[a:b] for a, b in zip(cut.starts, cut.ends, strict=True)] == cut.shown
    assert tuple(w for piece in cut.shown for w in words(piece)) == words(text)


def test_no_separator_is_part_of_a_word() -> None:
    assert not [c for n in range(0x3004) if not pieces(c := chr(n)).shown and words(f"a{c}b") != ("a", "b")]


@given(names, texts)
@example([("a b", 0), ("b a b", 1), ("a", 2)], "a b a b")
@example([("½", 0)], "a½b 1 2")
def test_what_is_found_is_what_a_slow_search_finds(known: list[tuple[str, int]], text: str) -> None:
    spans = word_spans(text)
    expected = [(spans[a].start, spans[b - 1].end, who) for a, b, who in slowly(known, text)]
    found = Names(known).find(text)
    assert [tuple(m) for m in found] == expected
    told = {who: [n for n, d in known if d in who] for _, _, who in found}
    assert all(any(occurs(name, text[m.start : m.end]) for name in told[m.documents]) for m in found)


@given(names, st.lists(texts, max_size=6))
def test_many_texts_at_once_are_many_texts_one_by_one(known: list[tuple[str, int]], several: list[str]) -> None:
    ready = Names(known, ordinary={"a"})
    assert list(ready.find_each(several)) == [ready.find(text) for text in several]


def test_no_name_reaches_from_one_text_into_the_next() -> None:
    ready = Names([("New Brenz", 0), ("Brenz", 1)])
    assert [len(found) for found in ready.find_each(["the New", "Brenz", "New Brenz"])] == [0, 1, 1]
    assert [len(found) for found in ready.find_each(["x Brenz"] * 70_000)] == [1] * 70_000


def test_the_longest_name_counts_and_an_ambiguous_one_says_so() -> None:
    text = "From Bern to New Brenz Harbour, by the Mercury; then New Brenz."
    assert shown(text, Names(CITY).find(text)) == [
        ("Bern", (0,)),
        ("New Brenz Harbour", (3,)),
        ("Mercury", (4, 5)),
        ("New Brenz", (1,)),
    ]


def test_marks_and_case_make_no_difference_and_positions_are_those_of_the_text() -> None:
    text = "“Cafe\u0301—São Tomé’s”, CAFÉ; straße, STRASSE"
    ready = Names([("Café", 0), ("Sao Tome", 1), ("Straße", 2)])
    found = [s for s, _ in shown(text, ready.find(text))]
    assert found == ["Cafe\u0301", "São Tomé", "CAFÉ", "straße", "STRASSE"]


@pytest.mark.parametrize("name", ["", "...", "A", "7", "1917", "12 34", " ".join(["long"] * (LONGEST + 1))])
def test_some_names_are_never_looked_for(name: str) -> None:
    assert Names([(name, 0)]).find(f"x {name} y") == []


def test_an_ordinary_word_is_a_name_only_with_a_capital() -> None:
    corpus = ["The bridge over water, by Einstein.", "Water is wet; “eau” ÉTÉ été"]
    known = ["Water", "Einstein", "Été", "Bridge Street", "x"]
    ordinary = ordinary_words(corpus, known)
    assert ordinary == {"water", "ete"}
    ready = Names([(name, n) for n, name in enumerate(known)], ordinary)
    text = "water Water einstein bridge street été Été"
    assert [s for s, _ in shown(text, ready.find(text))] == ["Water", "einstein", "bridge street", "Été"]


def test_no_names_and_no_text() -> None:
    assert Names([]).find("anything") == []
    assert Names(CITY).find("") == []
    assert list(Names(CITY).find_each([])) == []


def test_a_text_of_one_repeated_name_takes_no_longer_than_its_length() -> None:
    ready = Names([(" ".join(["row"] * n), n) for n in range(1, LONGEST + 1)])
    found = ready.find("row " * 20_000)
    assert {m.documents for m in found} == {(LONGEST,), (20_000 % LONGEST,)}

"""Searching pages: whole words, BM25, ties by page id."""

from pathlib import Path
from random import Random

import pytest

from worlds.retrieval import Retriever, indexing


def retriever(folder: Path, texts: dict[str, str]) -> Retriever:
    pages = sorted(texts)
    folder.mkdir(exist_ok=True)
    with indexing(folder / "index") as index:
        for page in pages:
            index(texts[page])
    return Retriever(folder / "index", pages)


def test_equal_scores_come_in_the_order_of_page_ids(tmp_path: Path) -> None:
    found = retriever(tmp_path, {f"p{n:03}": "the same words" for n in range(200)})
    for k in (1, 3, 50):
        assert [hit.page for hit in found.search("same", k)] == [f"p{n:03}" for n in range(k)]


def test_more_and_rarer_words_rank_higher(tmp_path: Path) -> None:
    texts = {"a": "radium and polonium", "b": "radium and radon", "c": "and so on", "d": "and and and"}
    found = retriever(tmp_path, texts)
    assert [hit.page for hit in found.search("radium polonium", 5)] == ["a", "b"]
    assert found.search("and polonium", 1)[0].page == "a"
    scores = [hit.score for hit in found.search("radium and radon", 5)]
    assert scores == sorted(scores, reverse=True)


def test_words_are_folded_as_names_are(tmp_path: Path) -> None:
    found = retriever(tmp_path, {"a": "Erwin SCHRÖDINGER’s equation", "b": "Straße"})
    assert [hit.page for hit in found.search("schrodinger", 5)] == ["a"]
    assert [hit.page for hit in found.search("STRASSE", 5)] == ["b"]
    assert found.search("schrod", 5) == []


@pytest.mark.parametrize("query", ["", '?! +-"', "AND OR", "unheard", "a:b^2"])
def test_no_query_breaks_it(query: str, tmp_path: Path) -> None:
    assert retriever(tmp_path, {"p": "words"}).search(query, 5) == []


@pytest.mark.parametrize("k", [0, -1])
def test_none_asked_for_none_found(k: int, tmp_path: Path) -> None:
    assert retriever(tmp_path, {"p": "words"}).search("words", k) == []


def test_a_repeated_word_counts_as_often_as_it_stands_there(tmp_path: Path) -> None:
    found = retriever(tmp_path, {"a": "alpha gamma", "b": "beta gamma"})
    assert found.search("alpha alpha beta", 1)[0].page == "a"
    assert found.search("alpha beta beta", 1)[0].page == "b"


def test_the_same_query_gives_the_same_hits(tmp_path: Path) -> None:
    rng = Random(0)
    letters = "abcdefgh"
    texts = {f"p{n:03}": " ".join(rng.choices(letters, k=6)) for n in range(150)}
    first, second = retriever(tmp_path / "1", texts), retriever(tmp_path / "2", texts)
    for _ in range(20):
        query = " ".join(rng.choices(letters, k=3))
        hits = first.search(query, 8)
        assert hits == second.search(query, 8)
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.page))

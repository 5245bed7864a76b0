"""BM25 search over pages (tantivy), with the project's own rule for words and ties by page id."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import tantivy

from hcsp.names import words
from worlds.model import Hit

NAME = "bm25"
HEAP = 256 << 20
TIES = 16
_TEXT, _ORDINAL = "text", "ordinal"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TEXT, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field(_ORDINAL, fast=True)
    return builder.build()


@contextmanager
def indexing(path: Path) -> Iterator[Callable[[str], None]]:
    """Takes texts in the order of their pages into a new index."""
    path.mkdir()
    with _filling(tantivy.Index(_schema(), path=str(path))) as add:
        yield add


def memory_index(texts: Iterable[str]) -> tantivy.Index:
    """The same index, kept in memory."""
    index = tantivy.Index(_schema())
    with _filling(index) as add:
        for text in texts:
            add(text)
    index.reload()
    return index


@contextmanager
def _filling(index: tantivy.Index) -> Iterator[Callable[[str], None]]:
    """One thread, so that equal scores fall in the same order each time."""
    writer, ordinals = index.writer(heap_size=HEAP, num_threads=1), count()

    def add(text: str) -> None:
        writer.add_document(tantivy.Document(**{_TEXT: " ".join(words(text)), _ORDINAL: next(ordinals)}))

    yield add
    writer.commit()
    writer.wait_merging_threads()


class Retriever:
    """Finds pages by the words of a query; a repeated word counts as often as it stands there."""

    def __init__(self, index: Path | tantivy.Index, pages: Sequence[str]) -> None:
        index = tantivy.Index.open(str(index)) if isinstance(index, Path) else index
        self._schema = index.schema
        self._searcher = index.searcher()
        self._pages = pages

    def search(self, query: str, k: int) -> list[Hit]:
        """The k best pages with their BM25 scores, ties by page id; none for a query without words."""
        clauses = [(tantivy.Occur.Should, self._term(word, n)) for word, n in Counter(words(query)).items()]
        if not clauses or k < 1:
            return []
        found = self._searcher.search(tantivy.Query.boolean_query(clauses), limit=k + TIES, count=False).hits
        ordinals = self._searcher.fast_field_values(_ORDINAL, [address for _, address in found])
        ranked = sorted((-float(score), int(page or 0)) for (score, _), page in zip(found, ordinals, strict=True))
        return [Hit(self._pages[page], -score) for score, page in ranked[:k]]

    def _term(self, word: str, times: int) -> tantivy.Query:
        term = tantivy.Query.term_query(self._schema, _TEXT, word, "freq")
        return tantivy.Query.boost_query(term, float(times)) if times > 1 else term

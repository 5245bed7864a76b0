"""The refiner without a model: of each page the sentences that share most words with the query, verbatim.

In the paper a model refines what a search brings (InfoSeek, arXiv 2509.00375); here the same words always come of the
same query and page, and each can be checked where it stands.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import islice
from math import log1p

from hcsp.names import words
from tasks.trajectories.trajectory import Passage
from worlds.model import Page
from worlds.web.sentences import sentences

BITS = 20
"""Of a pair of word and sentence, those that hold the sentence."""
MASK = (1 << BITS) - 1
KEPT = 8192
"""Pages that a refiner keeps read."""


class _Read:
    """A page, its sentences, and the sorted pairs of word and sentence, both as numbers, a pair in one integer."""

    def __init__(self, page: Page, vocabulary: dict[str, int], most: int) -> None:
        self.page = page
        self.spans = list(islice(_pieces(page.text, most), MASK))
        pairs = {
            vocabulary.setdefault(word, len(vocabulary)) << BITS | number
            for number, (start, end) in enumerate(self.spans)
            for word in words(page.text[start:end])
        }
        self.pairs = array("q", sorted(pairs))

    def best(self, asked: Iterable[int], most: int) -> list[int]:
        """The sentences that share most with a query, in the order of the page; the first one where none does.

        A word counts the more the fewer of the page's sentences have it; one that more than a quarter have counts only
        where no other is there. Ties go to the earlier sentence.
        """
        found = [(high - low, low) for low, high in map(self._place, asked) if high > low]
        rare = [each for each in found if 4 * each[0] <= len(self.spans)] or found
        scores: dict[int, float] = {}
        for count, low in rare:
            weight = log1p(len(self.spans) / count)
            for pair in self.pairs[low : low + count]:
                scores[pair & MASK] = scores.get(pair & MASK, 0.0) + weight
        if not scores:
            return [0] if self.spans else []
        return sorted(n for _, n in nsmallest(most, [(-score, n) for n, score in scores.items()]))

    def _place(self, word: int) -> tuple[int, int]:
        pairs = self.pairs
        low = bisect_left(pairs, word << BITS)
        if low == len(pairs) or pairs[low] >> BITS != word:
            return low, low
        return low, bisect_left(pairs, (word + 1) << BITS, low + 1, min(low + len(self.spans) + 1, len(pairs)))


def _pieces(text: str, most: int) -> Iterator[tuple[int, int]]:
    """The sentences of a text, those longer than `most` code points cut between words where that can be."""
    return (piece for sentence in sentences(text) for piece in _cut(text, *sentence, most))


def _cut(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    while end - start > most:
        space = text.rfind(" ", start + 1, start + most + 1)
        yield start, start + most if space < 0 else space
        start = start + most if space < 0 else space + 1
    if start < end:
        yield start, end


class Refiner:
    """Refines pages for queries. Keeps what it has read; pages are told apart by id, so one refiner serves one world.

    Args:
        sentences: the most passages of one page.
        characters: the most code points of one passage; longer sentences are taken in parts.
    """

    def __init__(self, sentences: int = 3, characters: int = 400) -> None:
        self._sentences, self._characters = sentences, characters
        self._vocabulary: dict[str, int] = {}
        self._kept: dict[str, _Read] = {}

    def refine(self, query: str, pages: Iterable[Page]) -> tuple[Passage, ...]:
        """The passages of some pages for a query, page by page."""
        read = [self._read(page) for page in pages]
        asked = sorted({self._vocabulary[word] for word in words(query) if word in self._vocabulary})
        return tuple(passage for each in read for passage in self._passages(asked, each))

    def knows(self, page: str) -> Page | None:
        """A page that it still keeps, so that it need not be fetched again."""
        read = self._kept.get(page)
        return read.page if read else None

    def _passages(self, asked: Iterable[int], read: _Read) -> tuple[Passage, ...]:
        page = read.page
        spans = [read.spans[n] for n in read.best(asked, self._sentences)]
        return tuple(
            Passage(page=page.id, title=page.title, start=start, end=end, text=page.text[start:end])
            for start, end in spans
        )

    def _read(self, page: Page) -> _Read:
        if page.id not in self._kept:
            if len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[page.id] = _Read(page, self._vocabulary, self._characters)
        return self._kept[page.id]

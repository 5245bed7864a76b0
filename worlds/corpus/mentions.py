"""Known names in running text, found many megabytes a second by the project's one rule of names."""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hcsp.names import words
from worlds.corpus.wordspans import lone_word, pieces, word_spans

LONGEST = 24
"""Names of more words are sentences and are not looked for."""

_KEPT, _SHORT = 1 << 19, 64
_COMPOSITE = -1
_BATCH = 1 << 16
_NOWHERE = np.int32(-1)

Ints = NDArray[np.int64]


class Mention(NamedTuple):
    """`text[start:end]` is a name of these documents, numbers in rising order; of several, the name is ambiguous."""

    start: int
    end: int
    documents: tuple[int, ...]


class Names:
    """Names and the documents that they stand for, ready to be found.

    A name occurs where its words occur consecutively (`hcsp.names`: NFKD, marks dropped, casefolded). Where names
    overlap, the one of most words counts, among equals the first; the others are dropped. Never looked for are names of
    one character, of digits only, and of more than `LONGEST` words. A name of a single word that is also one of the
    `ordinary` words (see `ordinary_words`) is mentioned only where the text writes it with a capital.
    """

    def __init__(self, names: Iterable[tuple[str, int]], ordinary: Collection[str] = frozenset()) -> None:
        """Take `(name, document)` pairs; documents are numbers from 0 on."""
        told: dict[tuple[str, ...], set[int]] = {}
        for name, document in names:
            if sought(parts := words(name)):
                told.setdefault(parts, set()).add(document)
        ordered = sorted(told)
        self._ids = {word: n for n, word in enumerate(dict.fromkeys(w for parts in ordered for w in parts), start=1)}
        self._documents = [tuple(sorted(told[parts])) for parts in ordered]
        self._grow([[self._ids[w] for w in parts] for parts in ordered])
        self._capital = np.zeros(len(self._ids) + 1, dtype=np.bool_)
        self._capital[[self._ids[w] for w in ordinary if w in self._ids]] = True
        self._seen = _Seen(self._ids)

    def _grow(self, names: list[list[int]]) -> None:
        """A trie by levels: the children of a level as sorted keys of parent and word, and which name ends where."""
        width = max(map(len, names), default=0)
        self._first = np.full(len(self._ids) + 1, _NOWHERE)
        self._levels: list[tuple[Ints, NDArray[np.int32]]] = []
        nodes = np.zeros(len(names), dtype=np.int64)
        here = np.arange(len(names))
        for depth in range(width):
            here = here[[len(names[n]) > depth for n in here]]
            keys = nodes[here] << 32 | np.array([names[n][depth] for n in here], dtype=np.int64)
            level, nodes[here] = np.unique(keys, return_inverse=True)
            ending = np.full(len(level), _NOWHERE)
            for n in here[[len(names[n]) == depth + 1 for n in here]]:
                ending[nodes[n]] = n
            self._levels.append((level, ending))
        if self._levels:
            self._first[self._levels[0][0]] = np.arange(len(self._levels[0][0]))

    def find(self, text: str) -> list[Mention]:
        """All mentions in `text` in order; positions count code points."""
        return self._find([text])[0]

    def find_each(self, texts: Iterable[str]) -> Iterator[list[Mention]]:
        """The mentions of each text in turn, short texts taken together: the same lists, sooner."""
        batch: list[str] = []
        size = 0
        for text in texts:
            batch.append(text)
            size += len(text)
            if size >= _BATCH or len(batch) >= _BATCH:
                yield from self._find(batch)
                batch, size = [], 0
        if batch:
            yield from self._find(batch)

    def _find(self, texts: list[str]) -> list[list[Mention]]:
        codes, starts, ends = self._read("\n".join(texts))
        offsets = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
        begins, lengths, names = self._walk(codes)
        owners = np.searchsorted(offsets, starts[begins], "right") - 1
        whole = np.flatnonzero(owners == np.searchsorted(offsets, starts[begins + lengths - 1], "right") - 1)
        kept = whole[_apart(begins[whole], lengths[whole])]
        begins, lengths, owners = begins[kept], lengths[kept], owners[kept]
        shift = offsets[owners]
        documents = map(self._documents.__getitem__, names[kept].tolist())
        first, last = (starts[begins] - shift).tolist(), (ends[begins + lengths - 1] - shift).tolist()
        mentions = list(map(Mention, first, last, documents))
        cuts = np.searchsorted(owners, np.arange(len(texts) + 1)).tolist()
        return [mentions[a:b] for a, b in pairwise(cuts)]

    def _walk(self, codes: Ints) -> tuple[Ints, Ints, Ints]:
        """Every name that stands anywhere, as arrays: its first word's place, its number of words, its number."""
        found: list[tuple[Ints, Ints, Ints]] = []
        ids = codes >> 1
        nodes = self._first[ids]
        alive = np.flatnonzero(nodes >= 0)
        nodes = nodes[alive]
        for depth, (level, ending) in enumerate(self._levels):
            if depth:
                inside = alive + depth < len(ids)
                alive, nodes = alive[inside], nodes[inside]
                keys = nodes.astype(np.int64) << 32 | ids[alive + depth]
                places = np.minimum(np.searchsorted(level, keys), len(level) - 1)
                there = level[places] == keys
                alive, nodes = alive[there], places[there]
            if not len(alive):
                break
            names = ending[nodes]
            ended = names >= 0
            if not depth:
                ended &= ~self._capital[ids[alive]] | (codes[alive] & 1).astype(np.bool_)
            found.append((alive[ended], np.full(int(ended.sum()), depth + 1), names[ended].astype(np.int64)))
        return _joined(found)

    def _read(self, text: str) -> tuple[Ints, Ints, Ints]:
        """The words of a text: twice their number plus one for a capital, where they start, and where they end."""
        shown, starts, ends = pieces(text)
        codes = np.fromiter(map(self._seen.__getitem__, shown), np.int64, len(shown))
        composite = np.flatnonzero(codes == _COMPOSITE).tolist()
        if not composite:
            return codes, starts, ends
        rows = {n: [self._row(shown[n], *span) for span in word_spans(shown[n])] for n in composite}
        counts = np.ones(len(shown), dtype=np.int64)
        counts[composite] = [len(rows[n]) for n in composite]
        firsts = np.cumsum(counts) - counts
        table = np.repeat(np.stack((codes, starts, ends)), counts, axis=1)
        for n in composite:
            if rows[n]:
                place = slice(firsts[n], firsts[n] + counts[n])
                table[:, place] = np.array(rows[n]).T + np.array([[0], [starts[n]], [starts[n]]])
        return table[0], table[1], table[2]

    def _row(self, piece: str, word: str, start: int, end: int) -> tuple[int, int, int]:
        return self._ids.get(word, 0) << 1 | _capital(piece[start:end]), start, end


class _Seen(dict[str, int]):
    """Of pieces of text: the number of its one word and whether it has a capital, or that it is none or several."""

    def __init__(self, ids: dict[str, int]) -> None:
        super().__init__()
        self._ids = ids

    def __missing__(self, piece: str) -> int:
        if len(piece) > _SHORT:
            return _COMPOSITE
        if len(self) >= _KEPT:
            self.clear()
        word = lone_word(piece)
        code = self._ids.get(word, 0) << 1 | _capital(piece) if word else _COMPOSITE
        self[piece] = code
        return code


def sought(parts: tuple[str, ...]) -> bool:
    """Whether a name of these words is looked for at all."""
    letters = "".join(parts)
    return len(letters) > 1 and not letters.isdecimal() and len(parts) <= LONGEST


def ordinary_words(texts: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Those single-word names, folded, that stand in a text without any capital: `water`, but not `Einstein`."""
    single = {parts[0] for parts in map(words, names) if len(parts) == 1 and sought(parts)}
    found: set[str] = set()
    for text in texts:
        shown = set(pieces(text).shown)
        found |= shown & single
        found.update(w for piece in shown if not piece.isascii() for w in _lowercase(piece) if w in single)
    return frozenset(found)


def _lowercase(piece: str) -> Iterator[str]:
    return (word for word, start, end in word_spans(piece) if not _capital(piece[start:end]))


def _capital(shown: str) -> bool:
    """Scripts without capitals write nothing small either."""
    return not shown.islower()


def _apart(begins: Ints, lengths: Ints) -> Ints:
    """Which of these runs of words stay when, of those that overlap, the longest and then the first does; in order."""
    if not len(begins):
        return begins
    order = np.lexsort((-lengths, begins))
    reach = np.maximum.accumulate((begins + lengths)[order])
    opens = np.append(True, begins[order][1:] >= reach[:-1])
    alone = opens & np.append(opens[1:], True)
    crowded = order[~alone]
    chosen = np.concatenate((order[alone], crowded[_longest(begins[crowded], lengths[crowded])]))
    return chosen[np.argsort(begins[chosen])]


def _longest(begins: Ints, lengths: Ints) -> Ints:
    taken = bytearray(int((begins + lengths).max(initial=0)))
    chosen = []
    order = np.lexsort((begins, -lengths))
    for n, at, length in zip(order.tolist(), begins[order].tolist(), lengths[order].tolist(), strict=True):
        if not any(taken[at : at + length]):
            taken[at : at + length] = b"\x01" * length
            chosen.append(n)
    return np.array(chosen, dtype=np.int64)


def _joined(found: list[tuple[Ints, Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    begins, lengths, names = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return begins, lengths, names

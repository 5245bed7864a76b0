"""Whether a task is already in somebody's benchmark, by its words or by the entities that it is about.

Words: 13 in a row in common are contamination, as in Brown et al. 2020, "Language Models are Few-Shot Learners",
appendix C, which takes 13 words at most, 8 at least, and leaves out runs that more than ten texts have. Shorter
questions have no such run; there half of the shorter question's runs of 8 words have to stand in the other one.
"""

from collections.abc import Sequence
from functools import reduce
from hashlib import blake2b, sha256
from operator import and_, or_
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from hcsp.names import key, words
from tasks.hygiene.benchmarks import BenchmarkFile, Item, read_benchmark
from tasks.hygiene.views import answers, constants, named
from tasks.record import TaskRecord

LONG, SHORT = 13, 8
"""Words of a run that is contamination, and of one that is evidence of it."""
HALF = 0.5
"""The share of a short question's runs that have to stand in another."""
COMMON = 10
"""A run that more different questions of the benchmarks have is a phrase, and no evidence."""

Words = tuple[str, ...]


class Contamination:
    """The benchmarks that tasks are held against, indexed by runs of words and by words.

    Attributes:
        files: each with its sha256 and how many questions it has.
    """

    def __init__(self, files: Sequence[BenchmarkFile], items: Sequence[Item]) -> None:
        self.files = list(files)
        self._where = [item.where for item in items]
        self._questions = [key(item.question) for item in items]
        self._texts = [f" {key(item.text)} " for item in items]
        self._runs, self._items = _by_run(self._questions)
        self._having: dict[str, BitMap] = {}
        for n, text in enumerate(self._texts):
            for word in set(text.split()):
                self._having.setdefault(word, BitMap()).add(n)

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "Contamination":
        """Read and index benchmark files; raises `OSError` or `ValueError` naming file, line and what was expected."""
        files: list[BenchmarkFile] = []
        found: list[Item] = []
        for path in paths:
            items = read_benchmark(path)
            digest = sha256(path.read_bytes()).hexdigest()
            files.append(BenchmarkFile(name=path.name, sha256=digest, items=len(items)))
            found += items
        return cls(files, found)

    def found(self, record: TaskRecord) -> str | None:
        """Why a task is contaminated, with file and line of the first such question; `None` when it is not."""
        return self._worded(words(record.question)) or self._about(record)

    def _worded(self, mine: Words) -> str | None:
        for n in self._candidates(mine):
            if why := _overlap(mine, tuple(self._questions[n].split())):
                return f"{why} {self._where[n]}"
        return None

    def _candidates(self, mine: Words) -> list[int]:
        """The questions that have some run in common with this one, in order."""
        wanted = _hashes(mine)
        first, last = (np.searchsorted(self._runs, wanted, side=side) for side in ("left", "right"))
        return sorted({int(n) for a, b in zip(first, last, strict=True) for n in self._items[a:b]})

    def _about(self, record: TaskRecord) -> str | None:
        """The answer and one more entity of the tree in one question; a name within the other's is no second one."""
        mine = answers(record)
        labels = {key(name): name for name in (*named(record).values(), *constants(record).values())}
        others = {form: name for form, name in labels.items() if form and not any(_nested(form, a) for a in mine)}
        of_answer = reduce(or_, map(self._naming, mine), BitMap())
        hits = [(n, form) for form in others for n in of_answer & self._naming(form)]
        if not hits:
            return None
        n, form = min(hits)
        said = next(name for a, name in mine.items() if f" {a} " in self._texts[n])
        return f"its answer {said!r} and {others[form]!r} both stand in {self._where[n]}"

    def _naming(self, form: str) -> BitMap:
        """The questions, answers included, in which a name occurs."""
        parts = [self._having.get(word, BitMap()) for word in form.split()]
        return BitMap(n for n in reduce(and_, parts) if f" {form} " in self._texts[n])


def _by_run(questions: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """The runs of all different questions in order, each beside the first that is worded so; phrases left out."""
    firsts = {question: n for n, question in reversed(list(enumerate(questions)))}
    hashes = [np.unique(_hashes(tuple(question.split()))) for question in firsts]
    runs = np.concatenate([*hashes, np.empty(0, np.uint64)])
    items = np.repeat(np.array(list(firsts.values()), np.int32), [len(h) for h in hashes])
    different, counts = np.unique(runs, return_counts=True)
    telling = ~np.isin(runs, different[counts > COMMON])
    order = np.argsort(runs[telling], kind="stable")
    return runs[telling][order], items[telling][order]


def _hashes(said: Words) -> NDArray[np.uint64]:
    """Eight bytes for each run of eight words; a text of fewer words is one run."""
    digests = b"".join(blake2b(" ".join(run).encode(), digest_size=8).digest() for run in _grams(said, SHORT))
    return np.frombuffer(digests, dtype="<u8")


def _nested(one: str, other: str) -> bool:
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def _grams(said: Words, length: int) -> list[Words]:
    return [said[n : n + length] for n in range(max(1, len(said) - length + 1))]


def _overlap(mine: Words, theirs: Words) -> str | None:
    if min(len(mine), len(theirs)) >= LONG:
        long = set(_grams(theirs, LONG))
        if same := next((run for run in _grams(mine, LONG) if run in long), None):
            return f"{LONG} words in a row ({' '.join(same)!r}) stand in"
    if mine == theirs:
        return "it is worded as"
    shorter, longer = sorted((mine, theirs), key=len)
    runs, others = _grams(shorter, SHORT), set(_grams(longer, SHORT))
    share = sum(run in others for run in runs) / len(runs)
    return f"{share:.0%} of the shorter question's runs of {SHORT} words are shared with" if share >= HALF else None

"""What crosses from one split into another: entities, answers, and questions that nearly repeat one another."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from hcsp.names import key
from tasks.hygiene.duplicates import THRESHOLD
from tasks.hygiene.similar import similar
from tasks.hygiene.views import facts, named, shingles
from tasks.record import TaskRecord, tree_of

WORDED = 0.8
"""Jaccard similarity of the questions' runs of words from which on one question is the other in other words.

Long questions that differ in one name come as near. Between splits that is counted, though they are no duplicates.
"""


class Leak(NamedTuple):
    """Something that two splits have in common.

    Attributes:
        splits: the two.
        tasks: the first task of each that has it.
        what: the entity, the name, or how the questions repeat one another.
    """

    kind: Literal["entity", "answer", "question"]
    splits: tuple[str, str]
    tasks: tuple[str, str]
    what: str

    def __str__(self) -> str:
        (one, other), (mine, theirs) = self.splits, self.tasks
        return f"{self.kind}: {self.what} ({one} {mine}, {other} {theirs})"


def leaks(splits: Mapping[str, Sequence[TaskRecord]]) -> list[Leak]:
    """All leaks between the splits, by name; each thing once per two splits.

    An entity is one that a variable stands for in both; an answer, a name of an answer of the one that in the other is
    a name of an answer or a variable; a question, one that rests on the same facts (by `THRESHOLD`) or is worded the
    same (by `WORDED`). Nothing is taken over from what made the splits.
    """
    found: list[Leak] = []
    seen = {name: _Split(records) for name, records in splits.items()}
    for pair in combinations(seen, 2):
        one, other = (seen[name] for name in pair)
        found += (Leak("entity", pair, tasks, what) for what, tasks in _shared(one.entities, other.entities))
        found += (Leak("answer", pair, tasks, what) for what, tasks in _answers(one, other))
        found += (Leak("question", pair, tasks, what) for what, tasks in _questions(one, other))
    return found


class _Split:
    """What a split holds that another must not: entities, answers' and variables' names, each with its first task."""

    def __init__(self, records: Sequence[TaskRecord]) -> None:
        self.ids = [record.id for record in records]
        self.facts = [facts(record) for record in records]
        self.words = [shingles(record.question) for record in records]
        self.entities = {e: r.id for r in reversed(records) for e in tree_of(r).entities.values()}
        self.answers = {key(n): r.id for r in reversed(records) for n in (r.answer, *r.answer_aliases) if key(n)}
        self.names = {key(n): r.id for r in reversed(records) for n in named(r).values() if key(n)} | self.answers


Pairs = Iterator[tuple[str, tuple[str, str]]]


def _shared(one: Mapping[str, str], other: Mapping[str, str]) -> Pairs:
    return ((what, (task, other[what])) for what, task in one.items() if what in other)


def _answers(one: _Split, other: _Split) -> Pairs:
    yield from {**dict(_shared(one.answers, other.names)), **dict(_shared(one.names, other.answers))}.items()


def _questions(one: _Split, other: _Split) -> Pairs:
    ids, border = [*one.ids, *other.ids], len(one.ids)
    views = (
        ("they rest on the same facts", THRESHOLD, [*one.facts, *other.facts]),
        ("they are worded alike", WORDED, [*one.words, *other.words]),
    )
    for what, threshold, sets in views:
        crossing = ((n, m) for n, m in similar(sets, threshold, border) if n < border)
        yield from ((what, (ids[n], ids[m])) for n, m in sorted(crossing))

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
    for pair in combinations(splits, 2):
        one, other = (splits[name] for name in pair)
        found += (Leak("entity", pair, tasks, what) for what, tasks in _shared(_entities(one), _entities(other)))
        found += (Leak("answer", pair, tasks, what) for what, tasks in _answers(one, other))
        found += (Leak("question", pair, tasks, what) for what, tasks in _questions(one, other))
    return found


Pairs = Iterator[tuple[str, tuple[str, str]]]


def _shared(one: Mapping[str, str], other: Mapping[str, str]) -> Pairs:
    return ((what, (task, other[what])) for what, task in one.items() if what in other)


def _entities(records: Sequence[TaskRecord]) -> dict[str, str]:
    """Per entity of a variable the first task that it is in."""
    return {e: record.id for record in reversed(records) for e in tree_of(record).entities.values()}


def _answers(one: Sequence[TaskRecord], other: Sequence[TaskRecord]) -> Pairs:
    mine, theirs = _answer_names(one), _answer_names(other)
    found = dict(_shared(mine, theirs | _variable_names(other)))
    yield from (found | dict(_shared(_variable_names(one) | mine, theirs))).items()


def _answer_names(records: Sequence[TaskRecord]) -> dict[str, str]:
    names = ((name, record.id) for record in reversed(records) for name in (record.answer, *record.answer_aliases))
    return {key(name): task for name, task in names if key(name)}


def _variable_names(records: Sequence[TaskRecord]) -> dict[str, str]:
    names = ((label, record.id) for record in reversed(records) for label in named(record).values())
    return {key(label): task for label, task in names if key(label)}


def _questions(one: Sequence[TaskRecord], other: Sequence[TaskRecord]) -> Pairs:
    together, border = [*one, *other], len(one)
    views = (
        ("they rest on the same facts", THRESHOLD, [facts(record) for record in together]),
        ("they are worded alike", WORDED, [shingles(record.question) for record in together]),
    )
    for what, threshold, sets in views:
        crossing = ((n, m) for n, m in similar(sets, threshold) if n < border <= m)
        yield from ((what, (together[n].id, together[m].id)) for n, m in sorted(crossing))

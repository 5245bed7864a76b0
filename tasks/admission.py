"""What a dataset as a whole has to keep to: each certified question in turn is given a place in it, or a reason."""

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from pydantic import Field

from hcsp.frozen import Frozen
from tasks.cells import Dimension, cell, relations
from tasks.record import TaskRecord

LEAST_USES = 4
"""Clues and edges that any relation may have, so that a dataset of a few tasks can be filled at all."""


class Rules(Frozen):
    """The limits of a dataset."""

    per_answer: int = Field(description="most tasks with one answer")
    relation_share: float = Field(description="largest share of all clues and edges that one relation may have")
    similarity: float = Field(description="Jaccard similarity from which two tasks are near-duplicates")


class Repeats(Protocol):
    """Finds an earlier task that a record nearly repeats."""

    def twin(self, record: TaskRecord) -> str | None:
        """The earlier task's id."""
        ...

    def add(self, record: TaskRecord) -> None:
        """From now on the record is an earlier task."""
        ...


class Known(Protocol):
    """Finds a record in what is published."""

    def found(self, record: TaskRecord) -> str | None:
        """Where, in words."""
        ...


class Admission:
    """Decides in order; equal records in equal order always get equal places."""

    def __init__(
        self, count: int, targets: Mapping[Dimension, Mapping[str, int]], rules: Rules, repeats: Repeats, known: Known
    ) -> None:
        self.count = count
        self.targets = targets
        self.rules = rules
        self.cells: dict[Dimension, Counter[str]] = {}
        self.accepted = 0
        self._repeats, self._known = repeats, known
        self._answers: Counter[str] = Counter()
        self._relations: Counter[str] = Counter()

    def refusal(self, record: TaskRecord) -> str:
        """Why there is no place for a record, as `heading: details`; empty where there is one."""
        if self.accepted >= self.count:
            return "complete: the dataset has all its tasks"
        if where := self._known.found(record):
            return f"contaminated: {where}"
        if twin := self._repeats.twin(record):
            return f"near-duplicate: of task {twin}"
        if self._answers[_answer(record)] >= self.rules.per_answer:
            return f"repeated answer: {record.answer} is asked for {self.rules.per_answer} times already"
        return self._over_share(record) or self._full(record)

    def add(self, record: TaskRecord) -> None:
        """Gives the record its place."""
        self.accepted += 1
        self._repeats.add(record)
        self._answers[_answer(record)] += 1
        self._relations.update(relations(record))
        for dimension, value in cell(record).items():
            self.cells.setdefault(dimension, Counter())[value] += 1

    def _over_share(self, record: TaskRecord) -> str:
        """The relation that would be more than its share of what the whole dataset will come to."""
        own = Counter(relations(record))
        expected = (self._relations.total() + own.total()) / (self.accepted + 1) * self.count
        most = max(LEAST_USES, self.rules.relation_share * expected)
        over = [r for r, n in own.items() if self._relations[r] + n > most]
        return f"relation share: {over[0]} makes up {self.rules.relation_share:.0%} already" if over else ""

    def _full(self, record: TaskRecord) -> str:
        for dimension, value in cell(record).items():
            wanted = self.targets.get(dimension)
            if wanted is not None and self.cells.get(dimension, Counter())[value] >= wanted.get(value, 0):
                return f"mix {dimension}: {value} has its {wanted.get(value, 0)} already"
        return ""


class Everything(Admission):
    """The admission of a shard: what there is a place for is decided when shards are merged."""

    def refusal(self, record: TaskRecord) -> str:
        """None."""
        return ""


def _answer(record: TaskRecord) -> str:
    return str(record.root["entity_id"])

"""`train/dev/test` splits that no entity crosses, at the cost of few tasks.

Hub entities join nearly all tasks, so that connected components are no way. Test is grown by what costs training least
(`tasks.hygiene.growing`), and the tasks that then share something with it are set aside; dev is grown the same way out
of the rest, and what remains trains.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import floor
from random import Random
from typing import NamedTuple

from hcsp.names import key
from tasks.cells import cell
from tasks.hygiene.growing import Grower, neighbours
from tasks.hygiene.leaks import WORDED
from tasks.hygiene.similar import similar
from tasks.hygiene.views import answers, named, shingles
from tasks.record import TaskRecord

TRAIN, DEV, TEST = "train", "dev", "test"


class Unused(NamedTuple):
    """A task that is in no split.

    Attributes:
        kind: the heading that it is counted under.
        reason: what exactly, in a sentence.
    """

    record: TaskRecord
    kind: str
    reason: str


@dataclass(frozen=True)
class Splits:
    """Every task once, each split in the order that the tasks came in."""

    train: tuple[TaskRecord, ...]
    dev: tuple[TaskRecord, ...]
    test: tuple[TaskRecord, ...]
    unused: tuple[Unused, ...]

    @property
    def parts(self) -> dict[str, tuple[TaskRecord, ...]]:
        """The splits by name."""
        return {TRAIN: self.train, DEV: self.dev, TEST: self.test}


def split(
    records: Sequence[TaskRecord], test: float = 0.1, dev: float = 0.1, seed: int = 0, held: Collection[str] = ()
) -> Splits:
    """Split tasks so that no two splits share a variable's entity, a name of one, a name of an answer or a wording.

    `test` and `dev` are shares of the tasks. The ids in `held` are test tasks from the start; test is as large as they
    are many if that is more. Tasks that rest on the same facts do not cross either: they share a variable (see
    `views.facts`). Raises `ValueError` for shares that leave nothing to train on.
    """
    if min(test, dev) < 0 or test + dev >= 1:
        raise ValueError(f"test {test:g} and dev {dev:g} have to be shares that leave some tasks to train on")
    marks = conflicts(records)
    start = [n for n, record in enumerate(records) if record.id in held]
    sizes = max(_size(len(records), test), len(start)), _size(len(records), dev)
    grower = Grower(marks, [_cell(record) for record in records], max(sizes), Random(f"{seed}:splits"))
    tests, devs = grower.grow(sizes[0], start), grower.grow(sizes[1])
    taken = {**dict.fromkeys(devs, DEV), **dict.fromkeys(tests, TEST)}
    owners = {mark: (name, n) for n, name in sorted(taken.items(), reverse=True) for mark in marks[n]}
    where: dict[str, list[TaskRecord]] = {TRAIN: [], DEV: [], TEST: []}
    unused: list[Unused] = []
    for n, record in enumerate(records):
        shared = next((mark for mark in marks[n] if mark in owners), None)
        if n in taken or shared is None:
            where[taken.get(n, TRAIN)].append(record)
        else:
            unused.append(_set_aside(record, marks[n][shared], *owners[shared], records))
    return Splits(tuple(where[TRAIN]), tuple(where[DEV]), tuple(where[TEST]), tuple(unused))


def conflicts(records: Sequence[TaskRecord]) -> list[dict[str, str]]:
    """Per task what no other split may have, each with how it is told: entities, names and wordings."""
    found = [_own(record) for record in records]
    for n, m in similar([shingles(record.question) for record in records], WORDED):
        found[n][f"wording {n} {m}"] = found[m][f"wording {n} {m}"] = "the wording"
    return found


def crowds(records: Sequence[TaskRecord]) -> dict[str, int]:
    """Per task id how many other tasks could not train if it were a test task."""
    found = neighbours(conflicts(records))
    return {record.id: len(near) - 1 for record, near in zip(records, found, strict=True)}


def _own(record: TaskRecord) -> dict[str, str]:
    entities = named(record)
    found = {f"entity {entity}": f"the entity {label!r}" for entity, label in entities.items()}
    forms = {key(label): label for label in entities.values() if key(label)} | answers(record)
    return found | {f"name {form}": f"the name {name!r}" for form, name in forms.items()}


def _set_aside(record: TaskRecord, what: str, name: str, by: int, records: Sequence[TaskRecord]) -> Unused:
    return Unused(record, f"shares an entity with {name}", f"has {what} in common with {records[by].id} of {name}")


def _size(tasks: int, share: float) -> int:
    return floor(tasks * share + 0.5)


def _cell(record: TaskRecord) -> str:
    """What a held-out set is to mirror where that costs nothing."""
    found = cell(record)
    return " ".join(found[dimension] for dimension in ("preset", "levels", "domain"))

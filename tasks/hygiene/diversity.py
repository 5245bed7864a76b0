"""How varied a dataset is: what it asks for, of whom, by which relations and in which forms."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from pydantic import Field

from hcsp.frozen import Frozen
from hcsp.names import key
from tasks.cells import cell, relations
from tasks.hygiene.views import constants, named
from tasks.record import TaskRecord


class Spread(Frozen):
    """How something is spread over its values."""

    total: int = Field(description="how often any value stands in the dataset")
    distinct: int = Field(description="how many different values there are")
    commonest: str | None = Field(default=None, description="the most frequent one; of equals the first by name")
    share: float = Field(default=0.0, description="its share of the total")
    entropy: float = Field(default=0.0, description="Shannon's, over that of even shares: 1 is even, 0 a single value")


class Diversity(Frozen):
    """What a dataset is made of.

    Attributes:
        tasks: how many there are.
        answers: the names of the answers, as names are compared.
        entities: of the variables, once a task.
        constants: the entities that clues name, once a task.
        relations: of all clues and edges; its `share` is the one that a quota on relations keeps down.
        shapes, types, domains: of the tasks, as in the cells of a mix.
    """

    tasks: int
    answers: Spread
    entities: Spread
    constants: Spread
    relations: Spread
    shapes: Spread
    types: Spread
    domains: Spread


def diversity(records: Sequence[TaskRecord]) -> Diversity:
    """The figures of some tasks."""
    cells = [cell(record) for record in records]
    return Diversity(
        tasks=len(records),
        answers=spread(key(record.answer) for record in records),
        entities=spread(name for record in records for name in _labelled(named(record))),
        constants=spread(name for record in records for name in _labelled(constants(record))),
        relations=spread(relation for record in records for relation in relations(record)),
        shapes=spread(c["shape"] for c in cells),
        types=spread(c["type"] for c in cells),
        domains=spread(c["domain"] for c in cells),
    )


def spread(values: Iterable[str]) -> Spread:
    """The figures of some values, each told as often as it stands there."""
    counts = Counter(values)
    if not counts:
        return Spread(total=0, distinct=0)
    total = counts.total()
    commonest = min(counts, key=lambda value: (-counts[value], value))
    bits = -sum(n / total * log(n / total) for _, n in sorted(counts.items()))
    return Spread(
        total=total,
        distinct=len(counts),
        commonest=commonest,
        share=round(counts[commonest] / total, 6),
        entropy=round(bits / log(len(counts)), 6) if len(counts) > 1 else 0.0,
    )


def _labelled(entities: dict[str, str]) -> list[str]:
    return [f"{label} ({entity})" for entity, label in entities.items()]

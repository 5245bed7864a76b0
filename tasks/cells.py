"""The cell of a mix that a task falls into: its value in each dimension along which a dataset is balanced."""

from collections import Counter
from typing import Literal, get_args

from prompts.domains import OTHER, domains
from tasks.record import TaskRecord, tree_of

Dimension = Literal["preset", "levels", "shape", "type", "domain"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)


def cell(record: TaskRecord) -> dict[Dimension, str]:
    """The task's preset, levels, shape (as `ResearchTree.shape` writes it), answer type and domain."""
    tree = tree_of(record)
    return {
        "preset": str(record.provenance["preset"]["name"]),
        "levels": str(tree.levels),
        "shape": tree.shape,
        "type": record.answer_type,
        "domain": domain(relations(record)),
    }


def relations(record: TaskRecord) -> list[str]:
    """The relation of each clue and edge that has one."""
    return [c["relation"] for c in record.constraints if "relation" in c]


def domain(named: list[str]) -> str:
    """What most of the relations are about; of equals the first in the order of `prompts/domains.toml`."""
    table = domains()
    counts = Counter(table.get(relation, OTHER) for relation in named)
    order = [*dict.fromkeys(table.values()), OTHER]
    return max(order, key=lambda d: (counts[d], -order.index(d)))

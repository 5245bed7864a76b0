"""What two tasks have in common: the facts that they rest on, and their words."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hcsp.constraints import Constraint, RelationConstraint, anchor_of, child_of, is_edge
from hcsp.names import key, words
from tasks.record import TaskRecord, tree_of

SHINGLE = 3
"""Words of a shingle."""

View = frozenset[str]


def views(record: TaskRecord) -> tuple[View, View]:
    """What it rests on, and how it is worded for its answer: a template with other names is no repeat."""
    answer = key(record.answer)
    return facts(record), frozenset(json.dumps([answer, run]) for run in shingles(record.question))


def facts(record: TaskRecord) -> View:
    """Each constraint with the entities in place of its variables, whatever its wording and wherever the root is.

    Every feature names a variable's entity, an edge both of its own. So tasks that have one in common share an entity,
    and the same skeleton about other entities has nothing in common with this one.
    """
    tree = tree_of(record)
    return frozenset(_stated(c, tree.entities) for c in tree.constraints)


def shingles(question: str) -> View:
    """The runs of three words of a question, or all of a shorter one."""
    said = words(question)
    return frozenset(" ".join(said[n : n + SHINGLE]) for n in range(max(1, len(said) - SHINGLE + 1)))


def named(record: TaskRecord) -> dict[str, str]:
    """The entities of the variables with their labels, the answer first."""
    return dict(_named(record.root))


def constants(record: TaskRecord) -> dict[str, str]:
    """The entities that the clues name, with the names they are called by."""
    ends = (c.get(field) for c in record.constraints for field in ("target", "as", "than"))
    return {str(e["entity"]): str(e["label"]) for e in ends if isinstance(e, dict) and "entity" in e}


def answers(record: TaskRecord) -> dict[str, str]:
    """The forms of the answer's names as they are compared, with the names."""
    return {form: name for name in (*record.answer_aliases, record.answer) if (form := key(name))}


def _stated(constraint: Constraint, entities: Mapping[str, str]) -> str:
    mine = entities[constraint.vertex]
    if isinstance(constraint, RelationConstraint) and is_edge(constraint):
        ends = [mine, entities[child_of(constraint)]]
        return json.dumps([constraint.relation, *(ends if constraint.direction == "out" else ends[::-1])])
    fields = constraint.model_dump(
        mode="json", exclude={"id": True, "vertex": True, "target": {"label"}, "anchor": {"label"}}
    )
    if (anchor := anchor_of(constraint)) is not None:
        fields["as" if "as" in fields else "than"] = {"entity": entities[anchor]}
    return json.dumps([mine, fields], sort_keys=True)


def _named(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if node.get("entity") is not None:
        yield str(node["entity_id"]), str(node["entity"])
    for child in node["children"]:
        yield from _named(child)

"""Ties between two variables, edges and chords: seen from either end, or with one end known."""

from hcsp.constraints import (
    TURNED,
    Anchored,
    CompareConstraint,
    Constraint,
    RelationConstraint,
    ToEntity,
    ToVertex,
    anchor_of,
    child_of,
    is_edge,
)

Tie = RelationConstraint | Anchored
"""A constraint between two variables."""


def far_end(tie: Constraint) -> str:
    """The variable at the other end of an edge or chord; raises `TypeError` for what ties no two variables."""
    end = child_of(tie) if is_edge(tie) else anchor_of(tie)
    if end is None:
        raise TypeError(f"constraint {tie.id!r} is held against no variable")
    return end


def turned(tie: Tie) -> Tie:
    """A tie as it is told of its other end; raises `TypeError` for what ties no two variables."""
    here = ToVertex(vertex=tie.vertex)
    changes: dict[str, object] = {"vertex": far_end(tie)}
    if isinstance(tie, RelationConstraint):
        return tie.model_copy(update=changes | {"target": here, "direction": "in" if tie.direction == "out" else "out"})
    if isinstance(tie, CompareConstraint):
        changes["op"] = TURNED[tie.op]
    return tie.model_copy(update=changes | {"anchor": here})


def grounded(tie: Tie, vertex: str, entity: str) -> Tie:
    """What a tie asks of the variable at its one end once `entity` stands at the other, which is `vertex`.

    With the far end known it is a clue of the tie's own vertex, with the vertex known one of the far end, turned round.
    """
    seen = tie if vertex == far_end(tie) else turned(tie)
    there = ToEntity(entity=entity, label="")
    return seen.model_copy(update={"target" if isinstance(seen, RelationConstraint) else "anchor": there})

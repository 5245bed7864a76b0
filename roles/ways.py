"""In which way a constraint tells its relation, and what stands at its other end."""

from hcsp.constraints import (
    TURNED,
    Anchored,
    Asserting,
    CompareConstraint,
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    SameConstraint,
    ToType,
    ToVertex,
    anchor_of,
    child_of,
    is_edge,
)
from prompts.phrases import Way


def way_of(constraint: Asserting) -> Way:
    """The way in which a constraint tells its relation."""
    match constraint:
        case RangeConstraint():
            return "range"
        case CompareConstraint():
            return "more" if constraint.op == ">" else "less"
        case SameConstraint():
            return "same"
        case CountConstraint():
            return "count_out" if constraint.direction == "out" else "count_in"
        case PredicateConstraint():
            return "predicate"
        case _:
            return constraint.direction


def far_vertex(constraint: Constraint) -> str | None:
    """The variable that a constraint leads to, or is held against."""
    return child_of(constraint) if is_edge(constraint) else anchor_of(constraint)


def far_type(constraint: Constraint) -> str | None:
    """The type that a constraint asks of its other end."""
    if isinstance(constraint, RelationConstraint) and isinstance(constraint.target, ToType):
        return constraint.target.type
    return None


def turned(chord: Anchored) -> Anchored:
    """A chord as it is told of its anchor; raises `TypeError` for a clue whose anchor is a constant."""
    if not isinstance(chord.anchor, ToVertex):
        raise TypeError(f"constraint {chord.id!r} is no chord")
    changes = {"vertex": chord.anchor.vertex, "anchor": ToVertex(vertex=chord.vertex)}
    if isinstance(chord, CompareConstraint):
        return chord.model_copy(update={**changes, "op": TURNED[chord.op]})
    return chord.model_copy(update=changes)

"""In which way a constraint tells its relation, and what stands at its other end."""

from hcsp.constraints import (
    Asserting,
    CompareConstraint,
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    SameConstraint,
    ToType,
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

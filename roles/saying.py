"""What a constraint says, in short: for trees on a terminal and in a report."""

from collections.abc import Mapping

from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
)


def said(clue: Constraint, relations: Mapping[str, str]) -> str:
    """A clue in short."""
    if isinstance(clue, TypeConstraint):
        return clue.type
    name = relations.get(clue.relation, clue.relation)
    match clue:
        case RelationConstraint():
            return f"{name} {'→' if clue.direction == 'out' else '←'} {_end(clue.target)}"
        case RangeConstraint():
            return f"{name}: {clue.low} to {clue.high}{f' {clue.unit}' if clue.unit else ''}"
        case CountConstraint():
            much = f"at least {clue.low}" if clue.high is None else f"{clue.low} to {clue.high}"
            return f"{name} {'→' if clue.direction == 'out' else '←'} {much}"
        case CompareConstraint():
            return f"{name} {clue.op} that of {_end(clue.anchor)}"
        case SameConstraint():
            return f"{name} shared with {_end(clue.anchor)}"
        case PredicateConstraint():
            return " ".join((f"{name}:", clue.predicate, *map(str, clue.args)))


def _end(target: ToVertex | ToEntity | ToType) -> str:
    match target:
        case ToVertex():
            return target.vertex
        case ToEntity():
            return target.label
        case ToType():
            return f"any {target.type}"

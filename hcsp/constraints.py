"""What a question can ask of a variable: the kinds of constraint (design, section 3)."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from hcsp.frozen import Frozen

Direction = Literal["out", "in"]
Comparison = Literal[">", "<"]
Predicate = Literal["prime", "multiple_of", "digit_sum", "palindrome", "decade", "initial"]
TURNED: Mapping[Comparison, Comparison] = {">": "<", "<": ">"}


class ToVertex(Frozen):
    """The other end is another variable of the tree."""

    vertex: str


class ToEntity(Frozen):
    """The other end is a constant, with the name the question may use for it."""

    entity: str
    label: str


class ToType(Frozen):
    """The other end is any entity of a type: a constant fuzzed into its category."""

    type: str


class RelationConstraint(Frozen):
    """`out`: the fact (x, relation, target) holds; `in`: (target, relation, x). An edge if the target is a vertex.

    Towards a type: the fact holds for at least one entity of that type.
    """

    kind: Literal["relation"] = "relation"
    id: str
    vertex: str
    relation: str
    direction: Direction
    target: ToVertex | ToEntity | ToType


class TypeConstraint(Frozen):
    """The noun: the type that the question names for the variable."""

    kind: Literal["type"] = "type"
    id: str
    vertex: str
    type: str


class RangeConstraint(Frozen):
    """Some literal of `relation` lies, with its whole interval, in `low..high`, bounds inclusive.

    Times are whole years; quantities bare decimals, their unit beside them.
    """

    kind: Literal["range"] = "range"
    id: str
    vertex: str
    relation: str
    low: str
    high: str
    unit: str | None = None


class CountConstraint(Frozen):
    """The variable has at least `low` facts of a relation in a direction, and at most `high` where that is given.

    A fact that is missing from a world is not false: an upper end is only ever proved for a complete relation.
    """

    kind: Literal["count"] = "count"
    id: str
    vertex: str
    relation: str
    direction: Direction
    low: int = Field(ge=1)
    high: int | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "CountConstraint":
        if self.high is not None and self.high < self.low:
            raise ValueError(f"constraint {self.id!r} asks for {self.low} to {self.high}")
        return self


class CompareConstraint(Frozen):
    """Some literal of `relation` lies wholly above (`>`) or below (`<`) one of the anchor's, in the same unit."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    kind: Literal["compare"] = "compare"
    id: str
    vertex: str
    relation: str
    op: Comparison
    anchor: ToVertex | ToEntity = Field(alias="than")


class SameConstraint(Frozen):
    """The variable, as subject of `relation`, shares an object with the anchor, and is not the anchor itself."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    kind: Literal["same"] = "same"
    id: str
    vertex: str
    relation: str
    anchor: ToVertex | ToEntity = Field(alias="as")


class PredicateConstraint(Frozen):
    """Some exact literal of `relation` has a property: a whole number, the year of a time, or the letters of a string.

    `prime` and `palindrome` take no argument; `multiple_of`, `digit_sum` and `decade` (its first year) a whole number,
    `initial` a letter.
    """

    kind: Literal["predicate"] = "predicate"
    id: str
    vertex: str
    relation: str
    predicate: Predicate
    args: tuple[int | str, ...] = ()


Constraint = Annotated[
    RelationConstraint
    | TypeConstraint
    | RangeConstraint
    | CountConstraint
    | CompareConstraint
    | SameConstraint
    | PredicateConstraint,
    Field(discriminator="kind"),
]
Asserting = (
    RelationConstraint | RangeConstraint | CountConstraint | CompareConstraint | SameConstraint | PredicateConstraint
)
"""Every kind that states something by a relation: all but the noun."""
Anchored = CompareConstraint | SameConstraint
"""The kinds that hold a variable against something else."""


def is_edge(constraint: Constraint) -> bool:
    """Whether the constraint leads from its vertex to a variable below it."""
    return constraint.kind == "relation" and type(constraint.target) is ToVertex


def child_of(edge: Constraint) -> str:
    """The variable at the far end of an edge; raises `TypeError` for any other constraint."""
    if edge.kind == "relation" and type(edge.target) is ToVertex:
        return edge.target.vertex
    raise TypeError(f"constraint {edge.id!r} is not an edge")


def anchor_of(constraint: Constraint) -> str | None:
    """The variable that a constraint is held against; `None` when it is no chord."""
    if constraint.kind in ("compare", "same") and type(constraint.anchor) is ToVertex:
        return constraint.anchor.vertex
    return None


def constant_of(constraint: Constraint) -> ToEntity | None:
    """The entity that a constraint names, if it names one."""
    if constraint.kind == "relation" and type(constraint.target) is ToEntity:
        return constraint.target
    if constraint.kind in ("compare", "same") and type(constraint.anchor) is ToEntity:
        return constraint.anchor
    return None

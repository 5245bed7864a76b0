"""What ties two subjects together by one relation: a value that they share, or literals that lie apart."""

from collections.abc import Iterable

from hcsp.constraints import CompareConstraint, Comparison, SameConstraint, ToEntity, ToVertex
from worlds.literals import interval
from worlds.model import Fact


def shared(ours: Iterable[Fact], we: str, theirs: Iterable[Fact], they: str, relation: str) -> set[str]:
    """The objects of a relation that two subjects have in common."""
    return _objects(ours, we, relation) & _objects(theirs, they, relation)


def _objects(facts: Iterable[Fact], entity: str, relation: str) -> set[str]:
    return {f.object for f in facts if f.subject == entity and f.relation == relation and f.kind == "entity"}


def comparison(ours: Iterable[Fact], we: str, theirs: Iterable[Fact], they: str, relation: str) -> Comparison | None:
    """On which side of another subject's literal the own one lies; `None` if either has several, or they overlap."""
    spans = [
        [interval(f.object, f.kind) for f in facts if f[:2] == (entity, relation) and f.kind in ("time", "quantity")]
        for facts, entity in ((ours, we), (theirs, they))
    ]
    if [len(found) for found in spans] != [1, 1] or spans[0][0].unit != spans[1][0].unit:
        return None
    own, other = spans[0][0], spans[1][0]
    return ">" if own.low > other.high else "<" if own.high < other.low else None


def same(vertex: str, relation: str, anchor: ToVertex | ToEntity) -> SameConstraint:
    """The clue that a variable shares a value with an anchor, its id left open."""
    return SameConstraint.model_validate({"id": "", "vertex": vertex, "relation": relation, "as": anchor})


def compared(vertex: str, relation: str, op: Comparison, anchor: ToVertex | ToEntity) -> CompareConstraint:
    """The clue that a variable's literal lies above or below an anchor's, its id left open."""
    return CompareConstraint.model_validate(
        {"id": "", "vertex": vertex, "relation": relation, "op": op, "than": anchor}
    )

"""Small trees written down by hand, for tests."""

from collections.abc import Mapping

from hcsp.constraints import Constraint, RelationConstraint, ToEntity, ToVertex, TypeConstraint
from hcsp.tree import ResearchTree, Variable


def clue(name: str, vertex: str, relation: str, target: str, direction: str = "out") -> RelationConstraint:
    """A clue about an entity that is named by its id, or an edge when `target` is a single capital: a variable."""
    far = ToVertex(vertex=target) if len(target) == 1 else ToEntity(entity=target, label=target)
    return RelationConstraint(id=name, vertex=vertex, relation=relation, direction=direction, target=far)


def sketched(entities: Mapping[str, str], *constraints: Constraint, noun: str = "human") -> ResearchTree:
    """A tree over the entities of its variables; the noun of each is `n` and its name."""
    nouns = (TypeConstraint(id=f"n{v}", vertex=v, type=noun) for v in entities)
    variables = tuple(Variable(id=v, entity=e) for v, e in entities.items())
    return ResearchTree(variables=variables, constraints=(*nouns, *constraints))

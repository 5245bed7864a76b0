"""Which entities the variables of a tree stand for where the question does not say."""

from collections.abc import Mapping

from hcsp.constraints import RelationConstraint, ToEntity, child_of
from hcsp.solver import Solver
from hcsp.tree import ResearchTree, Variable


def assigned(solver: Solver, known: Mapping[str, str]) -> ResearchTree | None:
    """The tree with its placeholders filled, the known entities kept; smallest ids where there is a choice.

    Known entities that cannot stand together in an answer give way. `None` when no assignment is found.
    """
    tree, source = solver.tree, solver.source
    answers = solver.answers()
    possible = answers.lower or answers.upper
    if not possible:
        return None
    given = known.get(tree.root)
    keeps = given is not None and source.index(given) in possible
    root = given if keeps and given is not None else source.entity(possible.min())
    if keeps and known.keys() >= tree.entities.keys():
        return tree
    witness: dict[str, str] = {}
    if answers.lower:
        witness = {v: source.entity(e) for v, e in solver.witness(source.index(root)).items()}
    return _filled(tree, _followed(solver, root, known, witness)) or _filled(tree, witness)


def _filled(tree: ResearchTree, chosen: Mapping[str, str]) -> ResearchTree | None:
    """The tree with these entities; `None` unless every variable has one of its own that no clue names."""
    entities = set(chosen.values())
    if chosen.keys() != tree.entities.keys() or len(entities) < len(chosen) or entities & tree.constants:
        return None
    return ResearchTree(
        variables=tuple(Variable(id=v.id, entity=chosen[v.id]) for v in tree.variables), constraints=tree.constraints
    )


def _followed(solver: Solver, root: str, known: Mapping[str, str], witness: Mapping[str, str]) -> dict[str, str]:
    """From the root down, each child the known one where that fits its parent; cut short where nothing fits."""
    tree, chosen = solver.tree, {solver.tree.root: root}
    for vertex in tree.below(tree.root):
        for edge in tree.edges_of(vertex):
            fitting = _partners(solver, edge, chosen[vertex]) if vertex in chosen else []
            wanted = [e for e in (known.get(child_of(edge)), witness.get(child_of(edge))) if e in fitting]
            if best := [*wanted, *fitting][:1]:
                chosen[child_of(edge)] = str(best[0])
    return chosen


def _partners(solver: Solver, edge: RelationConstraint, parent: str) -> list[str]:
    """The child's candidates that the edge ties to the parent's entity, sorted."""
    back = RelationConstraint(
        id=edge.id,
        vertex=child_of(edge),
        relation=edge.relation,
        direction="in" if edge.direction == "out" else "out",
        target=ToEntity(entity=parent, label=""),
    )
    return sorted(map(solver.source.entity, solver.source.restrict(back, solver.candidates(child_of(edge))).upper))

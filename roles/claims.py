"""Constraints as declarative sentences with the names of the entities, as the record keeps them."""

from collections.abc import Mapping

from hcsp.constraints import Constraint, TypeConstraint
from hcsp.tree import ResearchTree
from roles import english, grammar
from roles.grammar import Head, Piece
from roles.ways import far_vertex


def claims(
    tree: ResearchTree, heads: Mapping[str, Head], labels: Mapping[str, str], relation_labels: Mapping[str, str]
) -> dict[str, str]:
    """The claim of each constraint: "Hafnium was discovered by Dirk Coster"."""
    return {
        c.id: f"{_subject(labels[tree.entities[c.vertex]])} {_told(c, tree, heads, labels, relation_labels)}"
        for c in tree.constraints
    }


def _told(
    c: Constraint,
    tree: ResearchTree,
    heads: Mapping[str, Head],
    labels: Mapping[str, str],
    relation_labels: Mapping[str, str],
) -> str:
    if isinstance(c, TypeConstraint):
        return f"is {english.indefinite('entity' if c.type == 'entity' else english.noun(c.type).one)}"
    far = far_vertex(c)
    label = relation_labels.get(c.relation, c.relation)
    if far is None:
        row = grammar.row_for(c, heads[c.vertex], None, label)
        template = Piece(row, 0, (c,)).template()
        return template.fill(grammar.value(c, template.slot))
    name = labels[tree.entities[far]]
    template = grammar.row_for(c, heads[c.vertex], heads[far], label, name).vp[0]
    return template.fill(english.constant(name, template.slot))


def _subject(label: str) -> str:
    name = english.named(label)
    return name if name == label else name[0].upper() + name[1:]

"""The research tree: what is one, how it is read, and how it grows and shrinks."""

from typing import Any

import pytest
from drawn import problems
from pydantic import ValidationError

from hcsp.constraints import (
    Constraint,
    RangeConstraint,
    RelationConstraint,
    ToEntity,
    ToVertex,
    TypeConstraint,
    child_of,
    is_edge,
)
from hcsp.solver import Solver
from hcsp.tree import ResearchTree, Variable

SEEDS = range(80)


def edge(identifier: str, vertex: str, child: str) -> RelationConstraint:
    return RelationConstraint(
        id=identifier, vertex=vertex, relation="r", direction="out", target=ToVertex(vertex=child)
    )


def clue(identifier: str, vertex: str, entity: str = "x") -> RelationConstraint:
    target = ToEntity(entity=entity, label=entity)
    return RelationConstraint(id=identifier, vertex=vertex, relation="r", direction="in", target=target)


def noun(vertex: str) -> TypeConstraint:
    return TypeConstraint(id=f"noun {vertex}", vertex=vertex, type="t")


def tree_of(names: str, *constraints: Constraint, nouns: bool = True, **entities: str) -> ResearchTree:
    variables = tuple(Variable(id=v, entity=entities.get(v, v.lower())) for v in names)
    return ResearchTree(variables=variables, constraints=(*constraints, *(noun(v) for v in names if nouns)))


DEEP = tree_of(
    "ABCD",
    edge("e1", "A", "B"),
    edge("e2", "B", "C"),
    edge("e3", "A", "D"),
    clue("c1", "A"),
    clue("c2", "C"),
    clue("c3", "C", "y"),
    RangeConstraint(id="c4", vertex="D", relation="P569", low="1870", high="1879"),
)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: tree_of("AA", edge("e", "A", "A")), "variable 'A' stands twice"),
        (lambda: tree_of("AB", edge("e", "A", "B"), B="a"), "entity 'a' stands twice"),
        (lambda: tree_of("A", clue("c", "A"), clue("c", "A", "y")), "constraint 'c' stands twice"),
        (lambda: tree_of("A", clue("c", "Z")), "unknown variables"),
        (lambda: tree_of("A", nouns=False), "exactly one constraint of kind 'type'"),
        (lambda: tree_of("A", TypeConstraint(id="n", vertex="A", type="u")), "exactly one constraint of kind 'type'"),
        (lambda: tree_of("AB"), "not a tree"),
        (lambda: tree_of("AB", edge("e", "A", "B"), edge("f", "B", "A")), "not a tree"),
        (lambda: tree_of("ABC", edge("e", "A", "C"), edge("f", "B", "C")), "not a tree"),
        (lambda: tree_of("AB", edge("e", "A", "B"), edge("f", "A", "B")), "not a tree"),
        (lambda: tree_of("A", edge("e", "A", "Q")), "not a tree"),
        (lambda: tree_of("AB", edge("e", "B", "A")), "is not the root"),
        (lambda: tree_of("AB", edge("e", "A", "B"), clue("c", "A", "b")), "are entities of the tree"),
        (lambda: ResearchTree(variables=(), constraints=()), "not a tree"),
    ],
)
def test_what_is_no_tree_is_refused(build: Any, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        build()


def test_a_tree_is_read_by_its_parts() -> None:
    assert (DEEP.root, DEEP.inner) == ("A", ("B", "C", "D"))
    assert [c.id for c in DEEP.clues] == ["c1", "c2", "c3", "c4"]
    assert [(c.id, child_of(c)) for c in DEEP.edges] == [("e1", "B"), ("e2", "C"), ("e3", "D")]
    assert [c.id for c in DEEP.clues_of("C")] == ["c2", "c3"]
    assert [c.id for c in DEEP.edges_of("A")] == ["e1", "e3"]
    assert DEEP.noun("D").id == "noun D"
    assert (DEEP.parent_edge("A"), DEEP.parent_edge("C")) == (None, DEEP.edges[1])
    assert DEEP.constants == {"x", "y"}
    assert (DEEP.levels, DEEP.size, DEEP.shape) == (3, 8, "1(0(2),1)")
    with pytest.raises(TypeError, match="'c1' is not an edge"):
        child_of(DEEP.clues[0])


def test_parents_come_first_below_and_last_bottom_up() -> None:
    assert DEEP.below("A") == ("A", "B", "C", "D")
    assert DEEP.below("B") == ("B", "C")
    assert list(DEEP.bottom_up()) == ["C", "B", "D", "A"]
    assert list(DEEP.bottom_up("B")) == ["C", "B"]


def test_the_shape_forgets_names_and_the_order_of_children() -> None:
    one = tree_of("ABC", edge("e", "A", "B"), edge("f", "A", "C"), clue("c", "B"))
    other = tree_of("XYZ", edge("1", "X", "Y"), edge("2", "X", "Z"), clue("3", "Z", "other"))
    assert one.shape == other.shape == "0(0,1)"
    assert one.shape != tree_of("ABC", edge("e", "A", "B"), edge("f", "B", "C"), clue("c", "B")).shape


def test_a_sub_question_is_a_tree_with_the_same_candidates() -> None:
    for tree, source in problems(SEEDS):
        for vertex in tree.inner:
            part = tree.subtree(vertex)
            assert part.root == vertex
            assert {v.id for v in part.variables} == set(tree.below(vertex))
            assert Solver(part, source).answers() == Solver(tree, source).candidates(vertex)


def test_growing_and_pruning_undo_each_other() -> None:
    grown = DEEP.with_child(edge("e4", "C", "E"), noun("E"), "e")
    assert grown.entities["E"] == "e"
    assert grown.without("E") == DEEP
    assert DEEP.without("B").below("A") == ("A", "D")
    replaced = DEEP.with_clues("C", [clue("c9", "C", "z")])
    assert [c.id for c in replaced.clues_of("C")] == ["c9"]
    assert set(replaced.constraints) - {replaced.clues_of("C")[0]} == set(DEEP.constraints) - set(DEEP.clues_of("C"))
    with pytest.raises(ValidationError, match="entities of the tree"):
        DEEP.with_clues("C", [clue("c9", "C", "b")])


def test_numbering_changes_names_and_nothing_else() -> None:
    renamed, names = DEEP.without("C").with_child(edge("e5", "D", "Z"), noun("Z"), "z").numbered()
    assert names == {"A": "A", "B": "B", "D": "C", "Z": "D"}
    assert [c.id for c in renamed.constraints] == [f"c{n}" for n in range(1, len(renamed.constraints) + 1)]
    for tree, source in problems(SEEDS):
        again, names = tree.numbered()
        assert again.shape == tree.shape
        assert {names[v]: e for v, e in tree.entities.items()} == again.entities
        assert Solver(again, source).answers() == Solver(tree, source).answers()
        assert again.numbered()[0] == again


def test_a_tree_survives_its_json() -> None:
    for tree, _ in [(DEEP, None), *problems(SEEDS)]:
        again = ResearchTree.model_validate_json(tree.model_dump_json())
        assert again == tree
        assert [is_edge(c) for c in again.constraints] == [is_edge(c) for c in tree.constraints]


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        ResearchTree.model_validate({**DEEP.model_dump(), "depth": 3})

"""What is foreseen of the way to the evidence."""

from hcsp.constraints import Constraint, RelationConstraint, SameConstraint, ToEntity, ToVertex, TypeConstraint
from hcsp.trail import Trail, leads, outlook
from hcsp.tree import ResearchTree, seedling


def naming(number: str, vertex: str, entity: str) -> RelationConstraint:
    """A clue that names an entity."""
    target = ToEntity(entity=entity, label=entity)
    return RelationConstraint(id=number, vertex=vertex, relation="r", direction="out", target=target)


def sharing(number: str, vertex: str, entity: str) -> SameConstraint:
    """A clue that its variable shares a value with an entity."""
    anchor = {"entity": entity, "label": entity}
    return SameConstraint.model_validate({"id": number, "vertex": vertex, "relation": "s", "as": anchor})


def tree_of(*clues: Constraint) -> ResearchTree:
    """The answer `a` leads to `b`, of which its own page alone tells."""
    edge = RelationConstraint(id="e", vertex="A", relation="r", direction="out", target=ToVertex(vertex="B"))
    grown = seedling("a", "thing").with_child(edge, TypeConstraint(id="n", vertex="B", type="thing"), "b")
    return grown.with_clues("B", clues)


EDGE = {"e": (frozenset(["a"]),)}


def test_a_shared_value_was_foreseen_to_lead_from_one_page_to_the_other() -> None:
    """Neither page names the other's subject: trees of such clues alone were chosen, and no search finds them."""
    tree = tree_of(sharing("c1", "B", "x"), sharing("c2", "B", "y"))
    trail = Trail(EDGE | {c: (frozenset(["b"]), frozenset([x])) for c, x in (("c1", "x"), ("c2", "y"))})
    found = outlook(tree, trail)
    assert (found.search_floor, found.dependency) == (0, 0)
    assert not leads(tree.clues, "b", trail)


def test_a_page_that_names_the_variable_leads_to_it() -> None:
    tree = tree_of(naming("c1", "B", "x"), sharing("c2", "B", "y"))
    assert leads(tree.clues, "b", Trail(EDGE | {"c1": (frozenset(["x"]),)}))
    assert not leads(tree.clues, "b", Trail(EDGE | {"c1": (frozenset(["b"]),)})), "one name on its own page is too few"


def test_two_names_on_its_own_page_lead_to_it() -> None:
    tree = tree_of(naming("c1", "B", "x"), naming("c2", "B", "y"))
    assert leads(tree.clues, "b", Trail(EDGE | {c: (frozenset(["b"]),) for c in ("c1", "c2")}))


def test_relations_are_counted_once() -> None:
    tree = tree_of(naming("c1", "B", "x"), sharing("c2", "B", "y"))
    assert outlook(tree, Trail({})).variety == 2

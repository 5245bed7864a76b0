"""Every field of the certificate against its definition, and against bounds around the truth."""

from random import Random

import pytest
from drawn import Between, blurred, problems
from hypothesis import given
from hypothesis import strategies as st
from plain import PlainSource, answers, clue_ids
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.certificate import Certificate, Count, certify, high, is_antichain, low
from hcsp.constraints import Constraint, RelationConstraint, ToEntity, TypeConstraint, child_of
from hcsp.preset import PRESETS, failures
from hcsp.rivals import LISTED
from hcsp.solver import Solver
from hcsp.tree import ResearchTree, Variable

SEEDS = range(90)
sets = st.frozensets(st.integers(0, 12))


def tied(source: PlainSource, edge: Constraint, targets: set[int]) -> set[int]:
    assert isinstance(edge, RelationConstraint)
    ends = [(s, o) if edge.direction == "out" else (o, s) for s, r, o in source.facts if r == edge.relation]
    return {mine for mine, far in ends if far in targets}


def admits(source: PlainSource, tree: ResearchTree, constraint: Constraint) -> set[int]:
    """Who is of the vertex's kind and meets a clue, or an edge whose child is anyone that the child may be."""
    kind = source.types[tree.noun(constraint.vertex).type]
    if constraint in tree.edges:
        return kind & tied(source, constraint, answers(tree, source, child_of(constraint)))
    return kind & set(source.members(constraint).lower)


def nested(source: PlainSource, tree: ResearchTree, vertex: str) -> bool:
    found = [admits(source, tree, c) for c in (*tree.clues_of(vertex), *tree.edges_of(vertex))]
    return any(a <= b for n, a in enumerate(found) for m, b in enumerate(found) if n != m)


def defined(tree: ResearchTree, source: PlainSource) -> dict[str, object]:
    """The fields as the design defines them, by trying every assignment."""
    left = {c.id: answers(tree, source, tree.root, {c.id}) for c in tree.clues}
    kinds = {v: source.types[tree.noun(v).type] for v in tree.entities}
    return {
        "unique": all(answers(tree, source, v) == {int(e)} for v, e in tree.entities.items()),
        "necessary": {c: len(found) for c, found in left.items()},
        "necessary_locally": {c.id: len(answers(tree, source, c.vertex, {c.id})) for c in tree.clues},
        "antichain": not any(nested(source, tree, v) for v in tree.entities),
        "hierarchy": {v: len(answers(tree, source, tree.root, clue_ids(tree, v))) for v in tree.inner},
        "selectivity": min((len(admits(source, tree, c)) for c in tree.clues), default=0),
        "edges": {
            child_of(e): len(kinds[e.vertex] & tied(source, e, {int(tree.entities[child_of(e)])})) for e in tree.edges
        },
        "rival_count": len(set().union(*left.values()) - {int(tree.entities[tree.root])}),
        "universe": source.size,
    }


def test_every_field_is_what_it_is_defined_to_be() -> None:
    seen = []
    for tree, source in problems(SEEDS):
        found = certify(tree, source)
        expected = defined(tree, source)
        assert {name: getattr(found, name) for name in expected} == expected
        seen.append(found)
    assert sum(c.unique for c in seen) > 10
    assert sum(c.antichain for c in seen) > 10
    assert sum(not c.antichain for c in seen) > 10


@pytest.mark.slow
def test_rivals_are_all_that_there_are_up_to_ten_and_come_from_each_clue_in_turn() -> None:
    for tree, source in problems(SEEDS):
        found = certify(tree, source)
        left = {c.id: answers(tree, source, tree.root, {c.id}) - {int(tree.entities["A"])} for c in tree.clues}
        names = [int(r.entity) for r in found.rivals]
        assert len(set(names)) == len(names) == min(LISTED, len(set().union(*left.values())))
        assert all(int(r.entity) in left[r.fails[0]] for r in found.rivals)
        assert (
            {r.fails[0] for r in found.rivals} == {c for c in left if left[c]} or len(names) == LISTED or shared(left)
        )


def shared(left: dict[str, set[int]]) -> bool:
    """Whether some rival fails no clue alone, so that one clue's only rivals may be told under another's."""
    return sum(map(len, left.values())) > len(set().union(*left.values()))


def within(said: Count, true: Count) -> bool:
    return isinstance(true, int) and low(said) <= true <= high(said)


def test_no_verdict_on_bounds_says_more_than_the_truth_bears_out() -> None:
    proved = []
    for seed, (tree, truth) in enumerate(problems(SEEDS)):
        for draw in range(3):
            said = certify(tree, blurred(Random(f"{seed}:{draw}"), truth))
            true = certify(tree, truth)
            assert true.unique or not said.unique
            assert true.antichain or not said.antichain
            for name in ("necessary", "necessary_locally", "hierarchy", "edges"):
                mine, theirs = getattr(said, name), getattr(true, name)
                assert all(within(mine[k], theirs[k]) for k in theirs)
            assert within(said.selectivity, true.selectivity)
            assert within(said.rival_count, true.rival_count)
            for rival in said.rivals:
                assert int(rival.entity) in answers(tree, truth, tree.root, set(rival.fails))
            met = not failures(said, PRESETS["easy"], tree)
            assert not met or not failures(true, PRESETS["easy"], tree)
            proved.append(said)
    assert sum(c.unique for c in proved) > 10
    assert sum(c.antichain for c in proved) > 10
    assert sum(isinstance(n, int) for c in proved for n in c.necessary.values()) > 10
    assert sum(not isinstance(n, int) for c in proved for n in c.necessary.values()) > 10


def test_equal_ends_are_as_good_as_one_set() -> None:
    for tree, source in problems(range(30)):
        assert certify(tree, Between(source, source)) == certify(tree, source)


class Remembering(PlainSource):
    """Gives one and the same object for equal questions, as a source with a cache may."""

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        return self.shared_bounds

    shared_bounds = Bounds.exactly(BitMap([0, 1]))


def test_two_clues_with_one_and_the_same_set_are_nested() -> None:
    """A source may hand out the same object twice."""
    clues = [
        RelationConstraint(id=c, vertex="A", relation=c, direction="out", target=ToEntity(entity="2", label=""))
        for c in "rs"
    ]
    tree = ResearchTree(
        variables=(Variable(id="A", entity="0"),),
        constraints=(TypeConstraint(id="n", vertex="A", type="t"), *clues),
    )
    facts = frozenset((e, r, 2) for e in (0, 1) for r in "rs")
    source = Remembering(3, facts, {"t": frozenset({0, 1, 2})}, {})
    assert not is_antichain(Solver(tree, source))


def test_a_tree_without_clues_has_nothing_to_leave_out() -> None:
    tree = ResearchTree(
        variables=(Variable(id="A", entity="0"),), constraints=(TypeConstraint(id="n", vertex="A", type="t"),)
    )
    found = certify(tree, PlainSource(1, frozenset(), {"t": frozenset({0})}, {}))
    assert (found.unique, found.antichain, found.selectivity, found.rival_count) == (True, True, 0, 0)
    assert found.necessary == found.hierarchy == found.edges == {}


def test_an_entity_that_the_world_does_not_hold_is_an_error() -> None:
    source = PlainSource(1, frozenset(), {"t": frozenset({0})}, {})
    tree = ResearchTree(
        variables=(Variable(id="A", entity="someone"),), constraints=(TypeConstraint(id="n", vertex="A", type="t"),)
    )
    with pytest.raises((KeyError, ValueError), match="someone"):
        certify(tree, source)


def test_a_certificate_survives_its_record() -> None:
    tree, source = next(p for p in problems(SEEDS) if certify(*p).rivals)
    said = certify(tree, blurred(Random(1), source))
    again = Certificate.model_validate_json(said.model_dump_json())
    assert again == said
    assert said.differences(again) == {}
    changed = said.model_copy(update={"unique": not said.unique})
    assert said.differences(changed) == {"unique": (said.unique, changed.unique)}


@given(sets, sets, st.lists(st.tuples(sets, sets), min_size=1, max_size=5))
def test_intersections_of_bounds_are_those_of_their_ends(
    first: frozenset[int], second: frozenset[int], drawn: list[tuple[frozenset[int], frozenset[int]]]
) -> None:
    bounds = [Bounds(BitMap(a & b), BitMap(a | b)) for a, b in [(first, second), *drawn]]
    found = Bounds.intersection(bounds)
    assert set(found.lower) == frozenset.intersection(*(a & b for a, b in [(first, second), *drawn]))
    assert set(found.upper) == frozenset.intersection(*(a | b for a, b in [(first, second), *drawn]))
    both = bounds[0] & bounds[-1]
    assert both == Bounds.intersection([bounds[0], bounds[-1]])
    assert found.proves_only(3) == (set(found.lower) == set(found.upper) == {3})

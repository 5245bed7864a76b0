"""The solver and the certificate against every assignment of every variable."""

from itertools import combinations
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain import PlainSource, answers, clue_ids, fits, lowest, problems, worlds

from hcsp.certificate import certify, high, low, selectivity
from hcsp.constraints import RelationConstraint, ToEntity, ToVertex, TypeConstraint
from hcsp.preset import PRESETS
from hcsp.selection import Refusal, choose_clues
from hcsp.solver import Solver
from hcsp.tree import ResearchTree, Variable

Drawn = tuple[ResearchTree, PlainSource]


def certain(source: PlainSource) -> PlainSource:
    return PlainSource(source.size, source.facts, source.types, source.years)


def subsets(tree: ResearchTree) -> list[set[str]]:
    ids = [c.id for c in tree.clues]
    return [set(chosen) for n in range(len(ids) + 1) for chosen in combinations(ids, n)]


@given(problems())
def test_the_solver_agrees_with_brute_force_on_every_subset_of_clues(drawn: Drawn) -> None:
    tree, source = drawn[0], certain(drawn[1])
    solver = Solver(tree, source)
    for without in subsets(tree)[:24]:
        assert set(solver.answers(without).lower) == answers(tree, source, tree.root, without)
    for vertex in tree.entities:
        assert set(solver.candidates(vertex).upper) == answers(tree, source, vertex)


@given(problems())
def test_leaving_out_more_never_loses_an_answer(drawn: Drawn) -> None:
    tree, source = drawn
    solver = Solver(tree, source)
    for without in subsets(tree):
        fewer = solver.answers(without)
        for one in without:
            more = solver.answers(without - {one})
            assert more.lower.issubset(fewer.lower)
            assert more.upper.issubset(fewer.upper)


@given(problems())
def test_every_certificate_field_agrees_with_brute_force(drawn: Drawn) -> None:
    tree, source = drawn[0], certain(drawn[1])
    found = certify(tree, source)
    answer = int(tree.entities[tree.root])
    left = {c.id: answers(tree, source, tree.root, {c.id}) for c in tree.clues}
    alone = all(answers(tree, source, v) == {int(e)} for v, e in tree.entities.items())
    assert found.unique == alone
    assert found.necessary == {c: len(those) for c, those in left.items()}
    assert found.necessary_locally == {c.id: len(answers(tree, source, lowest(tree, c), {c.id})) for c in tree.clues}
    assert found.hierarchy == {v: len(answers(tree, source, tree.root, clue_ids(tree, v))) for v in tree.inner}
    assert found.rival_count == len(set().union(*left.values()) - {answer})
    for rival in found.rivals:
        assert int(rival.entity) in left[rival.fails[0]] - {answer}


@given(problems())
def test_witnesses_meet_every_constraint_but_the_one_that_fails(drawn: Drawn) -> None:
    tree, source = drawn[0], certain(drawn[1])
    for rival in certify(tree, source).rivals:
        values = {v: int(e) for v, e in rival.witness.items()}
        assert fits([c for c in tree.constraints if c.id not in rival.fails], values, source)


@given(problems())
def test_bounds_never_prove_too_much(drawn: Drawn) -> None:
    """The truth lies between the ends: here it is the certain facts and any part of the doubtful ones."""
    tree, source = drawn
    said = certify(tree, source)
    doubtful = sorted(source.doubt)
    for n in range(len(doubtful) + 1):
        truth = PlainSource(source.size, source.facts | set(doubtful[:n]), source.types, source.years)
        true = certify(tree, truth)
        assert true.unique or not said.unique
        assert true.antichain or not said.antichain
        for mine, theirs in ((said.necessary, true.necessary), (said.hierarchy, true.hierarchy)):
            assert all(low(mine[k]) <= low(theirs[k]) <= high(mine[k]) for k in mine)
        assert low(said.rival_count) <= low(true.rival_count) <= high(said.rival_count)
        assert low(said.selectivity) <= low(true.selectivity) <= high(said.selectivity)


def test_a_namesake_makes_an_answer_not_unique() -> None:
    tree = ResearchTree(
        variables=(Variable(id="A", entity="0"),),
        constraints=(
            TypeConstraint(id="n", vertex="A", type="t"),
            RelationConstraint(
                id="c", vertex="A", relation="r", direction="out", target=ToEntity(entity="1", label="one")
            ),
        ),
    )
    source = PlainSource(3, frozenset({(0, "r", 1)}), {"t": frozenset({0, 1, 2})}, {})
    assert certify(tree, source).unique
    source.shared["0"] = ("2",)
    assert not certify(tree, source).unique


@given(worlds(), st.integers(0, 10**6))
@settings(max_examples=60)
def test_whatever_blur_chooses_is_unique_and_every_clue_is_needed(world: PlainSource, seed: int) -> None:
    source = certain(world)
    edges = sorted(f for f in source.facts if f[0] != f[2])
    assume(edges)
    parent, relation, child = Random(seed).choice(edges)
    tree = ResearchTree(
        variables=(Variable(id="A", entity=str(parent)), Variable(id="B", entity=str(child))),
        constraints=(
            TypeConstraint(id="nA", vertex="A", type="t"),
            TypeConstraint(id="nB", vertex="B", type="t"),
            RelationConstraint(id="e", vertex="A", relation=relation, direction="out", target=ToVertex(vertex="B")),
        ),
    )
    preset = PRESETS["medium"].model_copy(update={"selectivity": 1, "hierarchy": 2, "root_edge": 1, "edge": 1})
    pools = {v: _pool(tree, v, source) for v in ("A", "B")}
    try:
        found = choose_clues(tree, "A", pools, source, preset, Random(seed))
    except Refusal:
        return
    proof = certify(found, source)
    assert proof.unique
    assert all(low(n) >= 2 for n in proof.necessary.values())
    assert all(low(n) >= 2 for n in proof.hierarchy.values())
    assert all(low(n) >= 1 for n in selectivity(Solver(found, source)).values())


def _pool(tree: ResearchTree, vertex: str, source: PlainSource) -> list[RelationConstraint]:
    mine, inside = int(tree.entities[vertex]), {int(e) for e in tree.entities.values()}
    ends = [(r, "out", o) for s, r, o in source.facts if s == mine] + [
        (r, "in", s) for s, r, o in source.facts if o == mine
    ]
    return [
        RelationConstraint(
            id=f"{vertex}{n}", vertex=vertex, relation=r, direction=d, target=ToEntity(entity=str(far), label="")
        )
        for n, (r, d, far) in enumerate(sorted(e for e in ends if e[2] not in inside))
    ]

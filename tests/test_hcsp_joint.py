"""Chords: variables held against one another, against every assignment of every variable."""

from random import Random

import pytest
from brute import Brute, subsets
from drawn import blurred, draw_derived
from plain import PlainSource, fits, holds
from pyroaring import BitMap

from hcsp import joint
from hcsp.bounds import Bounds
from hcsp.certificate import certify, high, low, selectivity, spoken_at
from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToVertex,
    TypeConstraint,
    anchor_of,
)
from hcsp.joint import join
from hcsp.solver import Solver
from hcsp.ties import grounded, turned
from hcsp.tree import ResearchTree, Variable

SEEDS = range(40)


def drawn(seeds: range, most: int = 4) -> list[tuple[int, ResearchTree, PlainSource]]:
    """The problems of some seeds that have a chord."""
    found = ((seed, draw_derived(seed, most)) for seed in seeds)
    return [(seed, *problem) for seed, problem in found if problem is not None and problem[0].chords]


@pytest.mark.slow
def test_witnesses_meet_all_that_is_left_and_are_distinct_where_a_chord_is() -> None:
    several = 0
    for _, tree, source in drawn(range(16)):
        solver = Solver(tree, source)
        for without in subsets(tree):
            fresh = Solver(tree, source)
            for entity in solver.answers(without).lower:
                values = solver.witness(entity, without)
                assert values[tree.root] == entity
                assert fits([c for c in tree.constraints if c.id not in without], values, source)
                assert values == fresh.witness(entity, reversed(without))
                several += 1
    assert several > 500


def test_there_is_no_witness_for_who_is_no_answer() -> None:
    for _, tree, source in drawn(range(30)):
        solver = Solver(tree, source)
        for entity in set(range(source.size)) - set(solver.answers().lower):
            with pytest.raises(ValueError, match=f"'{entity}' is not an answer"):
                solver.witness(entity)


def test_past_its_budget_a_join_proves_less_and_rules_out_less() -> None:
    open_ones = 0
    for _, tree, source in drawn(SEEDS):
        brute, plain = Brute(tree, source), Solver(tree, source)
        sets = {v: plain.candidates(v, [c.id for c in tree.chords]) for v in tree.entities}
        for budget in (0, 1, 2, 5, 20):
            found = join(tree, source, tree.root, tree.chords, sets, budget).candidates
            assert set(found.lower) <= brute.answers(tree.root) <= set(found.upper)
            open_ones += found.lower != found.upper
        assert found.lower.issubset(plain.answers().lower)
    assert open_ones > 50


def test_looking_through_wide_sets_uses_up_the_budget_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over millions of entities 20,000 values took minutes."""
    sooner = 0
    for _, tree, source in drawn(SEEDS):
        brute, plain = Brute(tree, source), Solver(tree, source)
        sets = {v: plain.candidates(v, [c.id for c in tree.chords]) for v in tree.entities}
        for budget in (2, 5, 20):
            before = join(tree, source, tree.root, tree.chords, sets, budget).candidates
            with monkeypatch.context() as patch:
                patch.setattr(joint, "WIDE", 0)
                found = join(tree, source, tree.root, tree.chords, sets, budget).candidates
            assert set(found.lower) <= brute.answers(tree.root) <= set(found.upper)
            sooner += found != before
    assert sooner > 10


def test_the_order_of_questions_does_not_matter() -> None:
    for _, tree, source in drawn(range(6)):
        used = Solver(tree, source)
        for without in reversed(list(subsets(tree))):
            assert used.answers(without) == Solver(tree, source).answers(without)


def test_a_tie_turned_round_holds_of_the_same_pairs() -> None:
    kinds = set()
    for _, tree, source in drawn(SEEDS):
        for tie in (*tree.chords, *tree.edges):
            back = turned(tie)
            assert turned(back) == tie
            kinds.add((tie.kind, getattr(tie, "op", "")))
            for a in range(source.size):
                for b in range(source.size):
                    values = {tie.vertex: a, back.vertex: b}
                    assert holds(tie, values, source) == holds(back, values, source)
    assert kinds == {("relation", ""), ("same", ""), ("compare", ">"), ("compare", "<")}


def test_a_chord_grounded_at_either_end_is_a_clue_of_the_other() -> None:
    for _, tree, source in drawn(SEEDS):
        for chord in tree.chords:
            for here in (chord.vertex, anchor_of(chord)):
                for known in range(source.size):
                    clue = grounded(chord, here, str(known))
                    back = chord if here != chord.vertex else turned(chord)
                    met = {e for e in range(source.size) if holds(back, {back.vertex: e, here: known}, source)}
                    assert (clue.vertex, set(source.members(clue).lower)) == (back.vertex, met)


def test_a_chord_belongs_to_the_lowest_variable_above_both_of_its_ends() -> None:
    for _, tree, source in drawn(SEEDS):
        solver = Solver(tree, source)
        for chord in tree.chords:
            at = spoken_at(tree, chord)
            assert {v for v in tree.entities if chord.id in solver.clues_within(v)} == {
                v for v in tree.entities if at in tree.below(v)
            }
            assert {v for v in tree.entities if chord.id in solver.clues_below(v)} == {
                v for v in tree.entities if chord.vertex in tree.below(v)
            }


def test_no_verdict_on_bounds_says_more_than_the_truth_bears_out() -> None:
    exact = inexact = 0
    for seed, tree, truth in drawn(SEEDS):
        true = certify(tree, truth)
        for draw in range(3):
            said = certify(tree, blurred(Random(f"{seed}:{draw}"), truth))
            assert true.unique or not said.unique
            assert true.antichain or not said.antichain
            for name in ("necessary", "necessary_locally", "hierarchy", "edges"):
                mine, theirs = getattr(said, name), getattr(true, name)
                assert all(low(mine[k]) <= theirs[k] <= high(mine[k]) for k in theirs)
                exact += sum(isinstance(n, int) for n in mine.values())
                inexact += sum(not isinstance(n, int) for n in mine.values())
            assert low(said.rival_count) <= true.rival_count <= high(said.rival_count)
    assert min(exact, inexact) > 100


# Two siblings born in one town: 0 and 1 there, 2 and 3 elsewhere; 0-1 and 2-0 and 3-3 are siblings by `s`.
TOWN = PlainSource(
    6,
    frozenset({(0, "b", 4), (1, "b", 4), (2, "b", 5), (3, "b", 5), (0, "s", 1), (2, "s", 0), (3, "s", 3)}),
    {"entity": frozenset(range(6))},
    {0: 1900, 1: 1910, 2: 1920},
)


def siblings(*clues: Constraint) -> ResearchTree:
    return ResearchTree(
        variables=(Variable(id="A", entity="0"), Variable(id="B", entity="1")),
        constraints=(
            *(TypeConstraint(id=f"n{v}", vertex=v, type="entity") for v in "AB"),
            RelationConstraint(id="e", vertex="A", relation="s", direction="out", target=ToVertex(vertex="B")),
            *clues,
        ),
    )


def test_a_chord_asks_for_distinct_entities_and_its_absence_does_not() -> None:
    chord = SameConstraint(id="c", vertex="A", relation="b", anchor=ToVertex(vertex="B"))
    solver = Solver(siblings(chord), TOWN)
    assert set(solver.answers().lower) == {0}
    assert set(solver.answers(["c"]).lower) == {0, 2, 3}
    younger = CompareConstraint(id="c", vertex="B", relation="year", op=">", anchor=ToVertex(vertex="A"))
    assert set(Solver(siblings(younger), TOWN).answers().lower) == {0}


class Hearsay(PlainSource):
    """Knows types and edges exactly, but not for sure who was born where."""

    def preimage(self, tie: RelationConstraint, targets: Bounds, pool: Bounds) -> Bounds:
        found = super().preimage(tie, targets, pool)
        return found if tie.relation == "s" else Bounds(BitMap(), found.upper)


def test_a_chord_that_is_known_only_in_bounds_is_not_taken_for_exact() -> None:
    chord = SameConstraint(id="c", vertex="A", relation="b", anchor=ToVertex(vertex="B"))
    found = Solver(siblings(chord), Hearsay(TOWN.size, TOWN.facts, TOWN.types, TOWN.years)).answers()
    assert (set(found.lower), set(found.upper)) == (set(), {0})


def test_a_chord_is_as_wide_as_what_its_solved_anchor_leaves() -> None:
    chord = CompareConstraint(id="c", vertex="A", relation="year", op="<", anchor=ToVertex(vertex="B"))
    toward = RelationConstraint(
        id="d", vertex="B", relation="b", direction="out", target=ToEntity(entity="4", label="")
    )
    solver = Solver(siblings(chord, toward), TOWN)
    assert selectivity(solver) == {"c": 1, "d": 2}

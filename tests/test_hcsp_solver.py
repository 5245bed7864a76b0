"""The solver against every assignment of every variable, for every set of clues left out."""

from collections.abc import Iterator
from itertools import chain, combinations, product
from pathlib import Path

import pytest
from conftest import build_small, world_data
from drawn import Between, problems
from plain import PlainSource, answers, holds

from hcsp.constraints import RelationConstraint, ToEntity
from hcsp.solver import Solver
from hcsp.tree import ResearchTree
from worlds.model import Entity

SEEDS = range(60)
Assignment = dict[str, int]


def subsets(tree: ResearchTree) -> Iterator[tuple[str, ...]]:
    ids = [c.id for c in tree.clues]
    return chain.from_iterable(combinations(ids, n) for n in range(len(ids) + 1))


def met(tree: ResearchTree, source: PlainSource) -> list[tuple[Assignment, frozenset[str]]]:
    """Every assignment that meets nouns and edges, with the clues that it meets."""
    names, fixed = list(tree.entities), [c for c in tree.constraints if c not in tree.clues]
    found = []
    for chosen in product(range(source.size), repeat=len(names)):
        values = dict(zip(names, chosen, strict=True))
        if all(holds(c, values, source) for c in fixed):
            found.append((values, frozenset(c.id for c in tree.clues if holds(c, values, source))))
    return found


def test_answers_are_those_of_all_assignments_for_every_set_of_clues_left_out() -> None:
    several = 0
    for tree, source in problems(SEEDS):
        every, solver = met(tree, source), Solver(tree, source)
        ids = {c.id for c in tree.clues}
        for without in subsets(tree):
            expected = {values["A"] for values, clues in every if ids - set(without) <= clues}
            assert set(solver.answers(without).lower) == expected
            several += len(expected) > 1
    assert several > 100


def test_the_candidates_of_an_inner_variable_ignore_what_stands_above() -> None:
    for tree, source in problems(SEEDS):
        solver = Solver(tree, source)
        for vertex in tree.entities:
            for without in [(), *((c.id,) for c in tree.clues)]:
                assert set(solver.candidates(vertex, without).lower) == answers(tree, source, vertex, without)


def test_the_order_of_questions_does_not_matter() -> None:
    """A solver that has answered others before gives what a fresh one gives."""
    for tree, source in problems(range(20)):
        used = Solver(tree, source)
        for without in reversed(list(subsets(tree))):
            assert used.answers(without) == Solver(tree, source).answers(iter(without))
        assert used.answers(["no clue", tree.noun("A").id]) == used.answers()


def test_clues_within_are_those_at_and_below() -> None:
    for tree, source in problems(SEEDS):
        solver = Solver(tree, source)
        for vertex in tree.entities:
            assert solver.clues_within(vertex) == {c.id for c in tree.clues if c.vertex in tree.below(vertex)}


def test_a_witness_is_an_assignment_that_meets_all_that_is_left() -> None:
    for tree, source in problems(SEEDS):
        solver = Solver(tree, source)
        for without in [(), *((c.id,) for c in tree.clues)]:
            for entity in solver.answers(without).lower:
                values = solver.witness(entity, without)
                assert values["A"] == entity
                assert all(holds(c, values, source) for c in tree.constraints if c.id not in without)


def test_there_is_no_witness_for_who_is_no_answer() -> None:
    for tree, source in problems(range(20)):
        solver = Solver(tree, source)
        for entity in set(range(source.size)) - set(solver.answers().lower):
            with pytest.raises(ValueError, match=f"'{entity}' is not an answer"):
                solver.witness(entity)


def test_who_may_be_an_answer_has_no_witness_yet() -> None:
    tree, source = next(p for p in problems(SEEDS) if p[0].clues)
    solver = Solver(tree, Between(PlainSource(source.size, frozenset(), source.types, {}), source))
    (entity, *_) = solver.answers().upper
    with pytest.raises(ValueError, match="is not an answer"):
        solver.witness(entity)


def test_a_built_world_answers_as_the_sets_that_it_was_built_from(tmp_path: Path) -> None:
    """The same problems through `worlds.build` and fact arrays."""
    for n, (tree, source) in enumerate(problems(range(12))):
        entities = [
            Entity(id=str(e), label=f"Number {e}", types=tuple(t for t in source.types if e in source.types[t]))
            for e in range(source.size)
        ]
        facts: list[tuple[str, ...]] = [(str(s), r, str(o)) for s, r, o in sorted(source.facts)]
        facts += [(str(e), "year", str(year), "time") for e, year in source.years.items()]
        world = build_small(world_data(facts, entities), tmp_path / str(n)).source
        solver, plain = Solver(tree, world), Solver(tree, source)
        for without in subsets(tree):
            found = {int(world.entity(e)) for e in solver.answers(without).lower}
            assert found == set(plain.answers(without).lower)


def test_a_clue_to_an_unknown_entity_is_an_error_that_names_it(tmp_path: Path) -> None:
    world = build_small(world_data([("a", "r", "b")]), tmp_path / "w").source
    clue = RelationConstraint(
        id="c", vertex="A", relation="r", direction="out", target=ToEntity(entity="nobody", label="")
    )
    with pytest.raises(KeyError, match="nobody"):
        world.members(clue)

"""Lanes make the same candidates in whatever order and by however many processes they are made."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from graph.batching.lanes import Assignment, Lane, Plan, deal
from graph.context import Context
from tasks.mix import Mix
from tasks.runs import Traits

ROOTS = [f"Q{n}" for n in range(23)]


def plan(lanes: int, passes: int = 1, **more: object) -> Plan:
    return Plan(Context(), Mix({}), lanes, 1, passes, 0.2, **more)  # type: ignore[arg-type]


def came_of(assignment: Assignment) -> list[Traits]:
    """What a candidate comes to: a function of the assignment alone, like the real one."""
    rng = Random(f"{assignment.entity}:{assignment.settings}")
    relations = tuple(r for r in rng.choices(["P1", "P2", "P3"], [6, 2, 1], k=4) if r not in assignment.settings.avoid)
    return [Traits(entities=(assignment.entity,), relations=relations, cell={})] if rng.random() < 0.7 else []


def follow(lane: Lane, steps: int) -> list[Assignment]:
    made = []
    for _ in range(steps):
        assignment = lane.next()
        if assignment is None:
            break
        made.append(assignment)
        lane.learn(came_of(assignment))
    return made


@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_order_in_which_lanes_go_on_decides_nothing(width: int, rng: Random) -> None:
    alone = {a.index: a for lane in deal(ROOTS, plan(width, passes=2)) for a in follow(lane, 100)}
    together: dict[int, Assignment] = {}
    lanes = deal(ROOTS, plan(width, passes=2))
    while lanes:
        lane = rng.choice(lanes)
        made = follow(lane, 1)
        together |= {a.index: a for a in made}
        if not made:
            lanes.remove(lane)
    assert together == alone


@given(st.integers(1, 30))
def test_in_one_pass_every_root_is_tried_once(width: int) -> None:
    tried = [a.entity for lane in deal(ROOTS, plan(width)) for a in follow(lane, 100)]
    assert sorted(tried) == sorted(ROOTS)


def test_a_root_is_tried_again_with_another_seed_unless_it_has_its_answers() -> None:
    lane = deal(["Q1"], plan(1, passes=3))[0]
    first = lane.next()
    assert first is not None
    lane.learn([Traits(entities=("Q1",), relations=("P1",), cell={}), Traits(entities=("Q1",), relations=(), cell={})])
    second = lane.next()
    assert second is not None  # two tasks after one pass: skipped in the second, not in the third
    assert (first.entity, first.settings.seed) == ("Q1", 0)
    assert second.settings.seed == 2 * 1_000_003
    assert lane.next() is None


def test_the_wanted_answer_type_decides_which_root_is_tried() -> None:
    kinds = {root: "film" if n % 10 == 0 else "human" for n, root in enumerate(ROOTS)}
    mix = Mix({"type": {"film": 0.999999, "human": 0.000001}})
    lane = deal(ROOTS, Plan(Context(), mix, 1, 1, 1, 0.2, kinds))[0]
    assert [kinds[a.entity] for a in follow(lane, 3)] == ["film"] * 3
    assert {kinds[a.entity] for a in follow(lane, 100)} == {"human"}

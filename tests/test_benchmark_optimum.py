"""The enumeration that blur is held against: it leaves nothing out, and blur never beats it."""

from itertools import chain, combinations, product
from random import Random

import pytest
from drawn import clues, derived, draw_skeleton, draw_world
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.choices import Case, Choices, scored
from benchmarks.optimum import handful
from hcsp.certificate import certify
from hcsp.constraints import RangeConstraint
from hcsp.preset import Preset, failures
from hcsp.selection import Refusal, choose_clues
from hcsp.trail import Trail
from hcsp.tree import ResearchTree

PRESET = Preset(
    name="medium",
    levels=(2, 3),
    variables=(2, 3),
    clues=2,
    hierarchy=2,
    selectivity=2,
    root_edge=1,
    edge=1,
    rivals=0,
)


def drawn(seed: int, each: int) -> Case | None:
    """A small problem with at most `each` clues a variable, chords at the root among them."""
    rng = Random(f"optimum:{seed}")
    world = draw_world(rng, size=14, facts=80)
    tree = draw_skeleton(rng, world)
    if tree is None or len(tree.variables) == 1:
        return None
    pools = {v: clues(world, tree, v) for v in tree.entities}
    pools["A"] += [c for c in derived(world, tree, "A") if c.kind in ("same", "compare")]
    pools = {v: rng.sample(pool, min(each, len(pool))) for v, pool in pools.items()}
    trail = Trail({c.id: (frozenset({str(rng.randrange(14))}),) for c in chain(tree.edges, *pools.values())})
    return Case(tree, pools, world, PRESET, trail, tree)


def every_tree(case: Case) -> list[ResearchTree]:
    """All choices of at most two clues a variable that meet the preset, tried one by one."""
    sets = [[s for n in range(3) for s in combinations(case.pools[v], n)] for v in case.tree.entities]
    trees = []
    for choice in product(*sets):
        tree = case.tree
        for vertex, own in zip(case.tree.entities, choice, strict=True):
            tree = tree.with_clues(vertex, own)
        ranges = [(c.vertex, c.relation) for c in tree.clues if isinstance(c, RangeConstraint)]
        if len(set(ranges)) == len(ranges) and not failures(certify(tree, case.source), case.preset, tree):
            trees.append(tree)
    return trees


def named(trees: list[ResearchTree]) -> list[list[str]]:
    """The ids of the clues of each tree, whatever their order."""
    return sorted(sorted(c.id for c in tree.clues) for tree in trees)


@settings(max_examples=8)
@given(st.integers(0, 10_000))
@pytest.mark.slow
def test_every_choice_that_meets_the_preset_is_enumerated_once(seed: int) -> None:
    case = drawn(seed, each=3)
    assume(case is not None)
    assert case is not None
    met = [t for t in Choices(case).trees() if not failures(certify(t, case.source), PRESET, t)]
    assert named(met) == named(every_tree(case))


@pytest.mark.slow
def test_the_optimum_is_never_below_what_blur_finds() -> None:
    beside = 0
    for seed in range(80):
        case = drawn(seed, each=9)
        if case is None:
            continue
        try:
            tree = choose_clues(case.tree, "A", case.pools, case.source, PRESET, Random(seed), trail=case.trail)
        except Refusal:
            continue
        if (found := scored(case, tree)) is None:  # blur does not see that a chord tells variables apart
            continue
        assert handful(case, 9, "0").every[0].score >= found.score
        beside += 1
    assert beside >= 10


def test_a_cut_keeps_what_blur_chose() -> None:
    for seed in range(40):
        case = drawn(seed, each=9)
        if case is None or not case.usable("A"):
            continue
        kept = case.usable("A")[-1].clue
        small = Case(case.tree, case.pools, case.source, PRESET, case.trail, case.tree.with_clues("A", [kept]))
        pool = small.cut(2, Random(seed)).pools["A"]
        assert kept in pool
        assert len(pool) <= 2

"""Blur on random worlds: whatever it returns keeps its promises."""

from collections.abc import Callable
from random import Random

import pytest
from drawn import Between, blurred, clues, draw_skeleton, draw_world
from plain import PlainSource
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.certificate import Certificate, certify, low, selectivity
from hcsp.constraints import child_of
from hcsp.preset import Preset, failures
from hcsp.selection import Refusal, choose_clues
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree

EASY = Preset(
    name="easy",
    levels=(2, 3),
    variables=(2, 3),
    needed_at="vertex",
    hierarchy=2,
    selectivity=2,
    root_edge=1,
    edge=1,
    rivals=0,
)
MEDIUM = EASY.model_copy(update={"name": "medium", "needed_at": "root", "hierarchy": 3, "selectivity": 3})
Chosen = tuple[ResearchTree, CandidateSource, ResearchTree]


def chosen(seed: int, preset: Preset, see: Callable[[Random, PlainSource], CandidateSource]) -> Chosen | None:
    """A skeleton, the source, and the tree with its clues; `None` when there was none or the choice was refused."""
    rng = Random(seed)
    world = draw_world(rng, size=24, facts=150)
    tree = draw_skeleton(rng, world, most=4)
    if tree is None:
        return None
    pools = {v: clues(world, tree, v) for v in tree.entities}
    source = see(rng, world)
    try:
        return tree, source, choose_clues(tree, "A", pools, source, preset, Random(seed))
    except Refusal:
        return None


def plainly(_: Random, world: PlainSource) -> PlainSource:
    return world


def kept_promises(found: Chosen, preset: Preset) -> Certificate:
    skeleton, source, tree = found
    assert tree.with_clues("A", ()).edges == skeleton.edges
    assert [v.entity for v in tree.variables] == [v.entity for v in skeleton.variables]
    proof = certify(tree, source)
    edges_apart = [f for f in failures(proof, preset, tree) if f.check not in ("edges", "rivals")]
    assert edges_apart == []
    assert all(low(n) >= preset.selectivity for n in selectivity(Solver(tree, source)).values())
    assert all(len(tree.clues_of(v)) <= preset.clues for v in tree.entities)
    assert all(low(n) >= 2 for n in proof.necessary_locally.values())
    return proof


@pytest.mark.parametrize("preset", [EASY, MEDIUM], ids=["easy", "medium"])
def test_every_vertex_is_unique_and_every_clue_needed(preset: Preset) -> None:
    found = [c for seed in range(120) if (c := chosen(seed, preset, plainly)) is not None]
    assert len(found) >= 25
    proofs = [kept_promises(c, preset) for c in found]
    assert all(proof.unique for proof in proofs)
    if preset.needed_at == "root":
        assert all(n >= 2 for proof in proofs for n in proof.necessary.values())
    assert max(len(tree.variables) for _, _, tree in found) >= 3


@pytest.mark.parametrize("preset", [EASY, MEDIUM], ids=["easy", "medium"])
def test_what_holds_on_bounds_is_proved_on_bounds(preset: Preset) -> None:
    """Uncertain worlds: where nouns and edges are sure, the promises are met by what is sure."""
    drawn = (chosen(seed, preset, blurred) for seed in range(250))
    found = [c for c in drawn if c is not None and surely_true(c[0], c[1])]
    assert (
        sum(isinstance(source, Between) and source.within.facts != source.around.facts for _, source, _ in found) >= 3
    )
    for one in found:
        assert kept_promises(one, preset).unique


def surely_true(tree: ResearchTree, source: CandidateSource) -> bool:
    """Whether every noun and edge is sure to hold of the tree's entities."""
    only = {v: Bounds.exactly(BitMap([int(e)])) for v, e in tree.entities.items()}
    sets = [source.restrict(tree.noun(v), only[v]) for v in tree.entities]
    sets += [source.preimage(e, only[child_of(e)], only[e.vertex]) for e in tree.edges]
    return all(s.lower for s in sets)


def test_an_inner_vertex_is_pinned_down_before_what_stands_above() -> None:
    done = 0
    for seed in range(120):
        rng = Random(seed)
        world = draw_world(rng, size=24, facts=150)
        tree = draw_skeleton(rng, world, most=4)
        if tree is None or not tree.inner:
            continue
        vertex = tree.inner[-1]
        pools = {v: clues(world, tree, v) for v in tree.below(vertex)}
        try:
            found = choose_clues(tree, vertex, pools, world, MEDIUM, Random(seed))
        except Refusal:
            continue
        done += 1
        solver = Solver(found, world)
        assert {c.vertex for c in found.clues} <= set(tree.below(vertex))
        assert all(solver.candidates(v).proves_only(int(found.entities[v])) for v in tree.below(vertex))
        assert all(len(solver.candidates(c.vertex, [c.id]).lower) >= 2 for c in found.clues)
    assert done >= 25


def test_the_same_seed_chooses_the_same() -> None:
    for seed in range(30):
        first, second = chosen(seed, MEDIUM, plainly), chosen(seed, MEDIUM, plainly)
        assert (first and first[2]) == (second and second[2])


def test_scarce_relations_are_used_where_nothing_else_does() -> None:
    used = {True: 0, False: 0}
    for seed in range(60):
        rng = Random(seed)
        world = draw_world(rng, size=24, facts=150)
        tree = draw_skeleton(rng, world, most=3)
        if tree is None:
            continue
        pools = {v: clues(world, tree, v) for v in tree.entities}
        for scarce in (frozenset[str](), frozenset({"p"})):
            try:
                found = choose_clues(tree, "A", pools, world, MEDIUM, Random(seed), scarce)
            except Refusal:
                continue
            used[bool(scarce)] += sum(getattr(c, "relation", "") == "p" for c in found.clues)
    assert used[True] < used[False]


def test_without_any_usable_fact_the_reason_is_told() -> None:
    world = draw_world(Random(0))
    tree = next(t for seed in range(99) if (t := draw_skeleton(Random(seed), world)) is not None)
    with pytest.raises(Refusal, match=r"0 usable facts of A|left before any clue"):
        choose_clues(tree, "A", dict.fromkeys(tree.entities, ()), world, MEDIUM, Random(0))


def test_the_sub_question_in_the_way_is_named_and_nothing_else_is() -> None:
    refusals: list[Refusal] = []
    for seed in range(200):
        rng = Random(seed)
        world = draw_world(rng, size=24, facts=150)
        tree = draw_skeleton(rng, world, most=4)
        if tree is None or not tree.inner:
            continue
        pools = {v: clues(world, tree, v) for v in tree.entities}
        try:
            choose_clues(tree, "A", pools, world, MEDIUM, Random(seed))
        except Refusal as refusal:
            refusals.append(refusal)
    told = [r for r in refusals if str(r).startswith("sub-question")]
    assert len(told) >= 5
    assert [r for r in refusals if r.blamed] == told
    assert all(str(r).startswith(f"sub-question {r.blamed}:") for r in told)

"""The searchers that the benchmarks set on questions: what they read, how they are judged, and that routes are real."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_world import build_tiny_world

from benchmarks.ablation import spelt_out
from benchmarks.adversary import Adversary
from benchmarks.cases import Case, Funnel, case_of, generate
from benchmarks.language import Moves, Texts
from benchmarks.predict import fields_of, ranks, spearman
from benchmarks.reading import Library, Notes
from benchmarks.solvers import SOLVERS, Reader, Titles, play, play_all
from benchmarks.standing import Standing
from benchmarks.superset import shortest_inside
from benchmarks.variants import Variant, applied
from graph.context import Context
from hcsp.certificate import certify, low
from hcsp.constraints import Constraint, CountConstraint, RangeConstraint, RelationConstraint, SameConstraint, ToEntity
from hcsp.names import occurs
from hcsp.preset import PRESETS
from hcsp.routes import fewest
from hcsp.solver import Solver as TreeSolver
from tasks.queries import TOP
from worlds.local import LocalWorld
from worlds.opening import open_world

NUMBERS = st.lists(st.integers(-5, 5).map(float), min_size=3, max_size=30)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The directory of a small built world."""
    return str(build_tiny_world(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def world(tiny: str) -> LocalWorld:
    """The small world."""
    return open_world(tiny)


@pytest.fixture(scope="module")
def library(world: LocalWorld) -> Library:
    """What its pages state."""
    return asyncio.run(Library.of(world))


@pytest.fixture(scope="module")
def questions(tiny: str, world: LocalWorld) -> list[Case]:
    """A few easy questions about it."""
    found = asyncio.run(_questions(tiny, world))
    assert len(found) >= 6
    return found


async def _questions(tiny: str, world: LocalWorld) -> list[Case]:
    settings, funnel = Context(world=tiny, difficulty="easy", retrieval=True), Funnel()
    made = [record async for record in generate(settings, await world.sample(12, "0"), funnel)]
    assert funnel.tried == 12
    return [await case_of(world, record) for record in made]


# Rank correlation


@given(NUMBERS)
def test_ranks_are_those_of_a_sort_with_ties_shared(values: list[float]) -> None:
    found = ranks(np.array(values))
    for value, rank in zip(values, found, strict=True):
        below, equal = sum(v < value for v in values), values.count(value)
        assert rank == below + (equal + 1) / 2


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=30))
def test_only_the_order_of_values_counts(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, dtype=float).T
    rho = spearman(a, b)
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert rho is None
        return
    assert rho is not None
    assert -1 <= round(rho, 9) <= 1
    assert spearman(a**3, np.exp(b)) == pytest.approx(rho)
    assert spearman(a, -b) == pytest.approx(-rho)
    assert spearman(b, a) == pytest.approx(rho)
    assert spearman(a, a) == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("ab")), min_size=6, max_size=30))
def test_what_sets_strata_apart_says_nothing(rows: list[tuple[int, int, str]]) -> None:
    a, b = np.array([row[:2] for row in rows], dtype=float).T
    strata = np.array([row[2] for row in rows])
    shifted = a + 100 * (strata == "b")
    assert spearman(shifted, b, strata) == spearman(a, b, strata)


def test_a_correlation_worked_out_by_hand() -> None:
    assert spearman(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0, 4.0])) == pytest.approx(0.9486833)


# What is read off pages


def clues() -> Sequence[Constraint]:
    """One clue of every kind that is judged by the facts read."""
    town, school = ToEntity(entity="Aldau", label="Aldau"), ToEntity(entity="Brenz School", label="Brenz School")
    person = ToEntity(entity="Ada Bosk", label="Ada Bosk")
    return [
        RelationConstraint(id="c", vertex="A", relation="P19", direction="out", target=town),
        RelationConstraint(id="c", vertex="A", relation="P69", direction="in", target=person),
        RelationConstraint(id="c", vertex="A", relation="P69", direction="out", target=school),
        RangeConstraint(id="c", vertex="A", relation="P569", low="1880", high="1899"),
        CountConstraint(id="c", vertex="A", relation="P166", direction="in", low=3),
        SameConstraint(id="c", vertex="A", relation="P69", anchor=person),
    ]


@pytest.mark.parametrize("clue", clues(), ids=lambda clue: f"{clue.kind} {clue.relation}")
def test_who_meets_a_clue_is_known_once_all_pages_are_read(
    world: LocalWorld, library: Library, clue: Constraint
) -> None:
    notes, seen = Notes(library), set[str]()
    for page in world.page_ids:
        notes.read([page])
        assert seen <= notes.meeting(clue)
        seen = notes.meeting(clue)
    everyone = [e for e in world.entity_ids if _meets(world, clue, e, notes)]
    assert sorted(seen) == everyone != []


def _meets(world: LocalWorld, clue: Constraint, entity: str, notes: Notes) -> bool:
    """By enumeration of the facts as written."""
    mine = {(f.relation, f.object) for f in notes.known if f.subject == entity}
    inward = {(f.relation, f.subject) for f in notes.known if f.object == entity}
    if isinstance(clue, RelationConstraint) and isinstance(clue.target, ToEntity):
        return (clue.relation, clue.target.entity) in (mine if clue.direction == "out" else inward)
    if isinstance(clue, RangeConstraint):
        return any(r == clue.relation and clue.low <= value <= clue.high for r, value in mine)
    if isinstance(clue, CountConstraint):
        return sum(r == clue.relation for r, _ in inward) >= clue.low
    assert isinstance(clue, SameConstraint)
    assert isinstance(clue.anchor, ToEntity)
    theirs = {(f.relation, f.object) for f in notes.known if f.subject == clue.anchor.entity}
    return entity != clue.anchor.entity and any(pair in theirs for pair in mine if pair[0] == clue.relation)


async def test_all_pages_together_hold_every_fact(world: LocalWorld, library: Library) -> None:
    notes = Notes(library)
    notes.read(world.page_ids)
    assert notes.known == {fact for entity in world.entity_ids for fact in await world.facts(entity)}


async def test_a_reader_of_everything_proves_the_answer_and_one_of_nothing_does_not(
    world: LocalWorld, library: Library, questions: list[Case]
) -> None:
    for case in questions:
        notes = Notes(library)
        assert Standing(case.tree, notes).proved() is None
        notes.read(world.page_ids)
        standing = Standing(case.tree, notes)
        assert standing.proved() == case.tree.entities[case.tree.root]
        for vertex, entity in case.tree.entities.items():
            assert standing.leading(vertex) == [entity]
            assert entity in standing.leading_jointly(vertex)


# Solvers under a budget


async def test_solvers_keep_to_the_budget_and_play_the_same_again(
    world: LocalWorld, library: Library, questions: list[Case]
) -> None:
    for case in questions:
        for found in (outcomes := await play_all(world, case, library, budget=9)):
            assert found.used <= 9
            assert found.retrievals <= found.used if found.success else found.retrievals == 10
            assert (found.held_at is not None) == (found.evidence == 1)
        assert outcomes == await play_all(world, case, library, budget=9)
    assert [solver.name[0] for solver in SOLVERS] == ["1", "2", "3", "4"]


async def test_a_reader_that_is_sure_is_right(world: LocalWorld, library: Library, questions: list[Case]) -> None:
    stopped = 0
    for case in questions:
        solver = Reader(case, library)
        found = await play(world, case, solver, budget=60)
        assert found.success or not solver.sure()
        stopped += solver.sure()
    assert stopped > 0


async def test_the_first_solver_asks_the_question_and_then_titles(
    world: LocalWorld, library: Library, questions: list[Case]
) -> None:
    solver = Titles(questions[0], library)
    await play(world, questions[0], solver, budget=4)
    texts = [text for text, _ in solver.results]
    assert texts[0] == questions[0].question
    assert texts[1:] == [(await world.page(page)).title for page in solver.results[0][1]][: len(texts) - 1]


# The adversary


async def test_no_route_inside_the_language_is_shorter_than_the_floor(world: LocalWorld, questions: list[Case]) -> None:
    tried = 0
    for case in questions:
        moves = await Moves.of(Texts(world), case)
        floor = fewest(moves.language, moves.goal)
        assert (None if floor is None else floor.low) == case.certificate.search_floor
        if floor is not None:
            tried += 1
            assert shortest_inside(moves, Random("inside")) >= floor.low
    assert tried > 0


async def test_the_adversary_finds_a_way_around_a_poor_language_and_its_route_is_real(
    world: LocalWorld, questions: list[Case]
) -> None:
    beaten = 0
    for case in questions:
        poor = await _poor(world, case)
        moves = await Moves.of(Texts(world), poor)
        adversary = Adversary(world, poor, moves, Random("poor"))
        for _ in range(6):
            await adversary.walk(3, 12)
        route, _ = await adversary.shortest(below=4)
        if route is not None:
            beaten += 1
            await _replayed(world, poor, route)
    assert beaten > 0


async def _poor(world: LocalWorld, case: Case) -> Case:
    """The same question with nothing to ask but the question itself."""
    retrieved = case.retrieved
    pages = {page for page in retrieved.says if page in set(retrieved.results[0])}
    less = replace(retrieved, queries=retrieved.queries[:1], results=retrieved.results[:1])
    assert retrieved.queries[0].text == case.question
    assert retrieved.goal - set().union(*(retrieved.says[page] for page in pages)), "the question alone is enough"
    return replace(case, retrieved=less)


async def _replayed(world: LocalWorld, case: Case, route: Sequence[tuple[str, str, tuple[str, ...]]]) -> None:
    seen, held = case.question, set[tuple[str, int]]()
    labels = [(await world.entity(e)).label for e in world.entity_ids]
    for text, kind, pages in route:
        assert tuple([hit.page for hit in await world.search(text, TOP)]) == pages
        if kind.startswith("name"):
            asked = [label for label in labels if text.startswith(label)]
            assert any(occurs(label, seen) for label in asked), f"{text!r} asks for a name that was not seen"
        for page in pages:
            found = await world.page(page)
            seen += f" . {found.title} {found.text}"
            held |= case.retrieved.says.get(page, frozenset())
    assert case.retrieved.goal <= held


# Variants


def test_a_variant_changes_settings_and_preset_and_leaves_nothing_behind() -> None:
    shipped = PRESETS["medium"]
    variant = Variant("deep", context={"repairs": 0}, preset={"search_floor": 6, "levels": (3, 3)})
    with applied(variant, Context()) as changed:
        assert changed.repairs == 0
        assert changed.preset.search_floor == 6
        assert changed.preset.levels == (3, 3)
    assert PRESETS["medium"] is shipped


def test_a_setting_that_does_not_exist_is_named() -> None:
    variant = Variant("odd", context={"no_such": 1}, preset={"nor_this": 2})
    assert variant.unknown == ["Context.no_such", "Preset.nor_this"]
    with pytest.raises(ValueError, match=r"no setting Context\.no_such, Preset\.nor_this"), applied(variant, Context()):
        pass


async def test_a_tree_spelt_out_keeps_its_answer_and_loses_its_levels(world: LocalWorld, questions: list[Case]) -> None:
    for case in questions:
        labels = {e: (await world.entity(e)).label for e in case.tree.entities.values()}
        assert spelt_out(case.tree, case.tree.levels, labels) == case.tree
        flat = spelt_out(case.tree, 1, labels)
        assert flat.levels == 1
        alone = [c for c in case.tree.clues_of(case.tree.root) if c not in case.tree.chords]
        assert len(flat.clues) == len(alone) + len(case.tree.edges_of(case.tree.root))
        answers = TreeSolver(flat, world.source).answers().lower
        assert world.index(case.tree.entities[case.tree.root]) in answers


async def test_every_computed_field_is_a_number(questions: list[Case], world: LocalWorld) -> None:
    for case in questions:
        fields = fields_of(case)
        certificate = certify(case.tree, world.source, case.retrieved)
        assert fields["search_floor"] == certificate.search_floor
        assert fields["necessary_min"] == min(low(n) for n in certificate.necessary.values())
        assert fields["clues"] == len(case.tree.clues)

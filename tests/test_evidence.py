"""What constraints rest on, and the quotes and pages that state it."""

from itertools import product
from pathlib import Path
from random import Random

import pytest
from conftest import MakeWorld, build_small, world_data
from drawn_world import ABOUT, draw_world, unary

from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    CountConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
)
from hcsp.tree import ResearchTree, Variable
from roles.browser import Claim, Place
from tasks.evidence import evidence, pages_of, quotes
from tasks.needs import Grounds
from tasks.queries import _stated
from worlds.local import LocalWorld
from worlds.model import Entity, Fact


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> LocalWorld:
    facts, entities = draw_world(Random("evidence"))
    return build_small(world_data(facts, entities), tmp_path_factory.mktemp("evidence") / "w", layout="both")


def drawn_clues(seed: str, rounds: int) -> list[Constraint]:
    rng = Random(seed)
    found = [clue for _ in range(rounds) for clue in unary(rng)]
    return [c for c in found if not isinstance(c, TypeConstraint)]


async def test_there_are_needs_for_exactly_those_who_may_meet_a_constraint(world: LocalWorld) -> None:
    grounds = Grounds(world)
    for clue in drawn_clues("members", 25):
        least = clue.model_copy(update={"high": None}) if isinstance(clue, CountConstraint) else clue
        members = {world.source.entity(e) for e in world.source.members(least).lower}
        for entity in world.entity_ids:
            needs = await grounds.needs(clue, {"A": entity})
            assert bool(needs) == (entity in members), (clue, entity)
            facts = {fact for need in needs for fact in need}
            assert facts <= {f for e in facts for f in await world.facts(e.subject)}


async def test_any_choice_from_the_needs_alone_meets_the_constraint(world: LocalWorld, tmp_path: Path) -> None:
    """A world that holds no more than one fact for each need is one in which the entity qualifies."""
    grounds, rng, kinds = Grounds(world), Random("alone"), set()
    everyone = [(await world.entity(e)) for e in world.entity_ids]
    for n, clue in enumerate(drawn_clues("alone", 18)):
        members = [world.source.entity(e) for e in world.source.members(clue).lower]
        for entity in rng.sample(members, min(1, len(members))):
            needs = await grounds.needs(clue, {"A": entity})
            chosen = rng.choice(list(product(*needs)))
            alone = build_small(world_data(chosen, everyone), tmp_path / str(n)).source
            assert alone.index(entity) in alone.members(clue).lower
            kinds.add(clue.kind)
    assert kinds == {"range", "relation", "count", "compare", "same", "predicate"}


async def test_a_page_counts_when_it_states_any_fact_that_would_do(world: LocalWorld) -> None:
    several = 0
    for clue in drawn_clues("pages", 40):
        for entity in world.entity_ids[::3]:
            for need in await Grounds(world).needs(clue, {"A": entity}):
                steps = [await world.steps(fact) for fact in need]
                alone = [own[0] for own in steps if len(own) == 1]
                wanted = [alone] if len(steps[0]) == 1 else [[step] for step in steps[0]]
                pages = [{s.page for step in those for s in await world.stated(step)} for those in wanted]
                assert list(await pages_of(world, need)) == pages
                several += len(alone) > 1
    assert several > 10


TYPES = {"x": "city", "y": "city", "z": "thing"}
BORDERS = [("a", "P131", "m"), ("m", "P131", "x"), ("b", "P131", "x"), ("b", "P131", "y"), ("b", "P131", "z")]


async def test_a_category_is_met_by_any_of_its_members_the_nearest_first(make_world: MakeWorld) -> None:
    world = make_world(BORDERS, [Entity(id=e, label=e, types=(t,)) for e, t in TYPES.items()])
    clue = RelationConstraint(**ABOUT, relation="P131", direction="out", target=ToType(type="city"))
    assert await Grounds(world).needs(clue, {"A": "b"}) == ((Fact("b", "P131", "x"), Fact("b", "P131", "y")),)
    (derived,) = await Grounds(world).needs(clue, {"A": "a"})
    assert derived == (Fact("a", "P131", "x"),)
    assert len(await quotes(world, derived[0])) == len(await pages_of(world, derived)) == 2
    thing = clue.model_copy(update={"target": ToType(type="thing")})
    assert await Grounds(world).needs(thing, {"A": "a"}) == ((Fact("a", "P131", "m"),),)


async def test_sides_of_a_chord_are_needed_both_and_a_count_all(make_world: MakeWorld) -> None:
    facts = [("a", "r", "x"), ("b", "r", "x"), ("a", "r", "y"), ("b", "r", "y"), ("a", "P569", "1900", "time")]
    world = make_world([*facts, ("b", "P569", "1910", "time"), ("b", "P569", "1905", "time")])
    values, grounds = {"A": "a", "B": "b"}, Grounds(world)
    same = SameConstraint(**ABOUT, relation="r", anchor=ToVertex(vertex="B"))
    assert await grounds.needs(same, values) == ((Fact("a", "r", "x"),), (Fact("b", "r", "x"),))
    older = CompareConstraint(id="c", vertex="B", relation="P569", op=">", anchor=ToVertex(vertex="A"))
    later = (Fact("b", "P569", "1905", "time"), Fact("b", "P569", "1910", "time"))
    assert await grounds.needs(older, values) == (later, (Fact("a", "P569", "1900", "time"),))
    younger = CompareConstraint(**ABOUT, relation="P569", op="<", anchor=ToVertex(vertex="B"))
    assert await grounds.needs(younger, values) == ((Fact("a", "P569", "1900", "time"),), (later[1],))
    two = CountConstraint(**ABOUT, relation="r", direction="out", low=2)
    assert await grounds.needs(two, values) == ((Fact("a", "r", "x"),), (Fact("a", "r", "y"),))
    assert await grounds.needs(two.model_copy(update={"low": 3}), values) == ()
    assert await grounds.needs(TypeConstraint(**ABOUT, type="thing"), values) == ()


async def test_every_need_of_a_tree_is_quoted_and_sought(make_world: MakeWorld) -> None:
    world = make_world([("a", "e", "b"), ("a", "r", "x"), ("b", "r", "x"), ("b", "s", "y"), ("c", "r", "x")], seed=3)
    tree = ResearchTree(
        variables=(Variable(id="A", entity="a"), Variable(id="B", entity="b")),
        constraints=(
            TypeConstraint(id="nA", vertex="A", type="thing"),
            RelationConstraint(id="e", vertex="A", relation="e", direction="out", target=ToVertex(vertex="B")),
            SameConstraint(id="same", vertex="A", relation="r", anchor=ToVertex(vertex="B")),
            TypeConstraint(id="nB", vertex="B", type="thing"),
            SameConstraint(id="as c", vertex="B", relation="r", anchor=ToEntity(entity="c", label="c")),
            CountConstraint(id="n", vertex="B", relation="s", direction="out", low=1),
        ),
    )
    said, goal = await _stated(world, tree)
    assert goal == {("e", 0), ("same", 0), ("same", 1), ("as c", 0), ("as c", 1), ("n", 0)}
    assert set().union(*said.values()) == goal
    found = await evidence(world, tree, tree.entities, ["n"])
    pages = {quote.page for quote in found}
    assert len(found) == 4  # b's fact serves both, so five facts have four quotes
    assert set().union(*(said[page] for page in pages)) >= goal - {("n", 0)}


async def test_the_browsers_own_place_is_quoted_before_any_other(make_world: MakeWorld) -> None:
    world = make_world([("a", "r", "x")], layout="both")
    fact = Fact("a", "r", "x")
    places = [Place(s.page, s.start, s.end) for s in await world.stated(fact)]
    assert len(places) == 2
    for place in places:
        (quote,) = await quotes(world, fact, [Claim(Fact("a", "r", "y"), ()), Claim(fact, (place,))])
        assert (quote.page, quote.start, quote.end) == place
    (quote,) = await quotes(world, fact)
    assert (quote.page, quote.start, quote.end) == places[0]

"""Derived clues hold, are generic, tell no secret, and depend on nothing but their inputs."""

import asyncio
from random import Random

import pytest

from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
    anchor_of,
    constant_of,
)
from hcsp.names import occurs
from hcsp.nouns import noun_of
from hcsp.ties import grounded
from hcsp.tree import ResearchTree, Variable
from roles import english
from roles.derived import MOST, chords, derived
from roles.grammar import has_wording
from roles.properties import properties
from roles.subject import Subject
from roles.symbolic_browser import SymbolicBrowser
from worlds.literals import interval
from worlds.local import LocalWorld
from worlds.model import Fact, Kind
from worlds.opening import open_world


@pytest.fixture(scope="module")
def world() -> LocalWorld:
    found = open_world("atlas")
    assert isinstance(found, LocalWorld)
    return found


async def _derived(world: LocalWorld, entity: str, secrets: list[str], seed: str = "s") -> list[Constraint]:
    browser = SymbolicBrowser(60, False, seed)
    claims = await browser.extract(world, entity, await browser.gather(world, entity))
    return await derived(claims, await Subject.of(entity, "A", world, world.source, secrets), Random(seed))


def offered(world: LocalWorld, entity: str, secrets: list[str], seed: str = "s") -> list[Constraint]:
    return asyncio.run(_derived(world, entity, secrets, seed))


@pytest.fixture(scope="module")
def drawn(world: LocalWorld) -> dict[str, list[Constraint]]:
    """Forty entities with what is derived about them."""
    return {e: offered(world, e, own_names(world, e)) for e in asyncio.run(world.sample(40, "derived"))}


def own_names(world: LocalWorld, entity: str) -> list[str]:
    about = asyncio.run(world.entity(entity))
    return [about.label, *about.aliases]


def facts(world: LocalWorld, entity: str) -> list[Fact]:
    return asyncio.run(world.facts(entity))


def objects(world: LocalWorld, entity: str, relation: str) -> set[str]:
    return {f.object for f in facts(world, entity) if f[:2] == (entity, relation)}


def test_every_clue_holds_of_the_entity_and_of_others(world: LocalWorld, drawn: dict[str, list[Constraint]]) -> None:
    for entity, clues in drawn.items():
        noun = noun_of(asyncio.run(world.entity(entity)).types, world.source)
        for clue in clues:
            assert world.source.index(entity) in world.source.members(clue).lower
            assert len(world.source.members(clue).upper) > 1
            assert not isinstance(clue, TypeConstraint)
            assert has_wording(clue, english.noun(noun).kind)


def test_clues_of_all_kinds_are_offered_few_and_apart(world: LocalWorld, drawn: dict[str, list[Constraint]]) -> None:
    kinds = {clue.kind for clues in drawn.values() for clue in clues}
    assert {"relation", "same", "compare", "count"} <= kinds
    for clues in drawn.values():
        sets = [world.source.members(clue).upper.serialize() for clue in clues]
        assert len(sets) == len(set(sets)) <= MOST


def test_no_clue_tells_a_name(world: LocalWorld, drawn: dict[str, list[Constraint]]) -> None:
    for entity, clues in drawn.items():
        for clue in clues:
            constant = constant_of(clue)
            told = clue.target.type if isinstance(clue, RelationConstraint) and isinstance(clue.target, ToType) else ""
            said = told if constant is None else constant.label
            assert not any(occurs(name, said) or occurs(said, name) for name in own_names(world, entity))
            assert constant is None or (constant.entity != entity and not world.namesakes(constant.entity))


def test_names_made_secret_are_told_no_more(world: LocalWorld, drawn: dict[str, list[Constraint]]) -> None:
    for entity, clues in list(drawn.items())[:10]:
        names = [constant.label for clue in clues if (constant := constant_of(clue)) is not None]
        again = offered(world, entity, own_names(world, entity) + names)
        assert not {c.label for clue in again if (c := constant_of(clue)) is not None} & set(names)


def test_coincidences_share_exactly_one_value(world: LocalWorld, drawn: dict[str, list[Constraint]]) -> None:
    for entity, clues in drawn.items():
        for clue in clues:
            if isinstance(clue, SameConstraint) and isinstance(clue.anchor, ToEntity):
                theirs = objects(world, clue.anchor.entity, clue.relation)
                assert len(objects(world, entity, clue.relation) & theirs) == 1


def test_comparisons_divide_fairly(world: LocalWorld, drawn: dict[str, list[Constraint]]) -> None:
    for entity, clues in drawn.items():
        noun = noun_of(asyncio.run(world.entity(entity)).types, world.source)
        peers = world.source.members(TypeConstraint(id="", vertex="A", type=noun)).lower
        for clue in clues:
            if isinstance(clue, CompareConstraint):
                has = CountConstraint(id="", vertex="A", relation=clue.relation, direction="out", low=1)
                all_of_them = world.source.members(has).lower & peers
                share = len(world.source.members(clue).lower & peers) / len(all_of_them)
                assert 0.2 <= share <= 0.8


def test_counts_are_the_entitys_own_and_reached_by_a_minority(
    world: LocalWorld, drawn: dict[str, list[Constraint]]
) -> None:
    for entity, clues in drawn.items():
        for clue in clues:
            if isinstance(clue, CountConstraint):
                side = 0 if clue.direction == "out" else 2
                own = {f for f in facts(world, entity) if f.relation == clue.relation and f[side] == entity}
                assert 2 <= clue.low == len(own) <= 9
                having = clue.model_copy(update={"low": 1})
                assert 2 * len(world.source.members(clue).upper) < len(world.source.members(having).upper)


def test_equal_inputs_give_equal_clues_and_seeds_vary_them(world: LocalWorld) -> None:
    person = asyncio.run(world.resolve("Fritz Haber"))[0].id
    assert offered(world, person, []) == offered(world, person, [])
    assert offered(world, person, [], "s") != offered(world, person, [], "t")


def test_nothing_follows_from_no_claims(world: LocalWorld) -> None:
    person = asyncio.run(world.resolve("Fritz Haber"))[0].id
    subject = asyncio.run(Subject.of(person, "A", world, world.source, []))
    assert asyncio.run(derived([], subject, Random("s"))) == []


def test_unknown_entities_are_refused(world: LocalWorld) -> None:
    with pytest.raises(KeyError):
        asyncio.run(Subject.of("nobody", "A", world, world.source, []))


def test_numbers_and_symbols_have_properties(world: LocalWorld) -> None:
    iron = asyncio.run(world.resolve("iron"))[0].id
    found = [c for c in offered(world, iron, ["iron"]) if isinstance(c, PredicateConstraint)]
    assert {(c.relation, c.predicate, c.args) for c in found} == {
        ("P246", "initial", ("F",)),
        ("P1086", "digit_sum", (8,)),
    }


@pytest.mark.parametrize(
    ("literal", "kind", "expected"),
    [
        ("11", "quantity", {("prime", ()), ("digit_sum", (2,)), ("palindrome", ())}),
        ("84 u", "quantity", {("digit_sum", (12,)), *(("multiple_of", (n,)) for n in (3, 4, 6, 7, 12))}),
        ("183.84 u", "quantity", set()),
        ("1885", "time", set()),
        ("He", "string", {("initial", ("H",))}),
        ("Ω", "string", set()),
    ],
)
def test_properties_of_literals(literal: str, kind: Kind, expected: set[tuple[str, tuple[int | str, ...]]]) -> None:
    assert set(properties(Fact("x", "r", literal, kind))) == expected


def pair(world: LocalWorld, entity: str, rng: Random) -> ResearchTree | None:
    """A root and one variable below it, by a fact drawn at random."""
    near = [f for f in facts(world, entity) if f.kind == "entity" and f.subject == entity and f.object != entity]
    if not near:
        return None
    fact = rng.choice(near)
    ends = {"A": entity, "B": fact.object}
    types = {v: noun_of(asyncio.run(world.entity(e)).types, world.source) for v, e in ends.items()}
    edge = RelationConstraint(
        id="edge", vertex="A", relation=fact.relation, direction="out", target=ToVertex(vertex="B")
    )
    nouns = (TypeConstraint(id=f"n{v}", vertex=v, type=kind) for v, kind in types.items())
    return ResearchTree(variables=tuple(Variable(id=v, entity=e) for v, e in ends.items()), constraints=(edge, *nouns))


def test_chords_hold_between_the_two_and_by_no_relation_that_ties_them(world: LocalWorld) -> None:
    rng, found = Random("chords"), 0
    for entity in asyncio.run(world.sample(120, "chords")):
        tree = pair(world, entity, rng)
        for chord in asyncio.run(chords(tree, world)) if tree else ():
            assert isinstance(chord, SameConstraint | CompareConstraint)
            assert tree is not None
            found += 1
            assert (chord.vertex, anchor_of(chord)) == ("A", "B")
            assert chord.relation != tree.edges[0].relation
            here = grounded(chord, "B", tree.entities["B"])
            assert world.source.index(entity) in world.source.members(here).lower
            ends = [objects(world, e, chord.relation) for e in tree.entities.values()]
            if isinstance(chord, SameConstraint):
                assert len(ends[0] & ends[1]) == 1
                assert not ends[0] & ends[1] & set(tree.entities.values())
            else:
                kind = next(f.kind for f in facts(world, entity) if f.relation == chord.relation)
                low, high = sorted((interval(e.pop(), kind) for e in ends), key=lambda i: i.low)
                assert low.high < high.low
    assert found > 20

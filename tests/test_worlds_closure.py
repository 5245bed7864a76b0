"""What follows from stated facts, and the stated facts that it follows from."""

import pytest
from closing import closed
from hypothesis import given
from hypothesis import strategies as st

from worlds.closure import Derivation
from worlds.model import Fact, Relation

RELATIONS = {
    r.id: r
    for r in (
        Relation(id="borders", label="borders", symmetric=True),
        Relation(id="has", label="has", inverse_of="part"),
        Relation(id="likes", label="likes"),
        Relation(id="part", label="part of", transitive=True, inverse_of="has"),
        Relation(id="student", label="student", inverse_of="teacher"),
        Relation(id="teacher", label="teacher", inverse_of="student"),
        Relation(id="within", label="within", transitive=True),
        Relation(id="year", label="year", kind="time"),
    )
}
people = st.sampled_from("abcdef")
relations = st.sampled_from([r for r, about in RELATIONS.items() if about.kind == "entity"])
entity_facts = st.builds(Fact, people, relations, people, st.just("entity"))
years = st.builds(Fact, people, st.just("year"), st.sampled_from(["1900", "1901"]), st.just("time"))
stated = st.frozensets(entity_facts | years, max_size=14)


def follows_at_once(facts: set[Fact]) -> set[Fact]:
    """What one application of any rule gives; nobody becomes related to himself by transitivity."""
    found = set()
    for s, r, o, kind in facts:
        if kind == "entity":
            found |= {Fact(o, r, s)} if RELATIONS[r].symmetric else set()
            found |= {Fact(o, RELATIONS[r].inverse_of, s)} if RELATIONS[r].inverse_of else set()
            if RELATIONS[r].transitive:
                found |= {Fact(s, r, f.object) for f in facts if f[:2] == (o, r) and f.object != s}
    return found


def everything(facts: frozenset[Fact]) -> set[Fact]:
    """The rules applied until nothing is new."""
    known = set(facts)
    while new := follows_at_once(known) - known:
        known |= new
    return known


class Stated:
    """What a derivation asks of a world, over sets."""

    def __init__(self, facts: frozenset[Fact]) -> None:
        self.facts, self.closed = facts, closed(facts, RELATIONS)

    def is_stated(self, fact: Fact) -> bool:
        return fact in self.facts

    def onward(self, entity: str, relation: str) -> list[str]:
        return sorted(f.object for f in self.closed if f[:2] == (entity, relation))


@given(stated)
def test_the_closure_is_all_that_follows(facts: frozenset[Fact]) -> None:
    found = closed(facts, RELATIONS)
    assert found == sorted(set(found))
    assert set(found) == everything(facts)


@given(stated)
def test_the_steps_of_a_fact_are_stated_and_entail_it(facts: frozenset[Fact]) -> None:
    world = Stated(facts)
    derivation = Derivation(RELATIONS, world)
    for fact in world.closed:
        steps = derivation.steps(fact)
        assert set(steps) <= facts
        assert fact in everything(frozenset(steps))
        assert (steps == (fact,)) == (fact in facts)


@given(stated)
def test_the_steps_lead_from_subject_to_object(facts: frozenset[Fact]) -> None:
    world = Stated(facts)
    derivation = Derivation(RELATIONS, world)
    for fact in (f for f in world.closed if f.kind == "entity"):
        here = fact.subject
        for step in derivation.steps(fact):
            assert here in (step.subject, step.object)
            here = step.object if here == step.subject else step.subject
        assert here == fact.object


@given(stated, entity_facts)
def test_what_does_not_follow_has_no_steps(facts: frozenset[Fact], other: Fact) -> None:
    world = Stated(facts)
    if other not in set(world.closed):
        with pytest.raises(KeyError, match="does not follow"):
            Derivation(RELATIONS, world).steps(other)


def test_an_inverse_that_the_world_lacks_adds_nothing() -> None:
    alone = {"student": RELATIONS["student"]}
    assert closed([Fact("a", "student", "b")], alone) == [Fact("a", "student", "b")]

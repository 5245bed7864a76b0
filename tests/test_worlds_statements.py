"""Pages rendered from facts: where a fact is told, and what its quote holds."""

import hashlib

import pytest
from conftest import MakeWorld, world_data
from hypothesis import given
from hypothesis import strategies as st

from hcsp.names import occurs
from worlds.model import Entity, Fact
from worlds.statements import LAYOUTS, plain_sentences, render_pages

people = st.sampled_from(["Ada", "Bela", "Carla", "Dov"])
facts = st.frozensets(
    st.tuples(people, st.sampled_from(["P22", "P26", "likes"]), people)
    | st.tuples(people, st.just("P569"), st.sampled_from(["1815", "1815-12-10"]), st.just("time")),
    min_size=1,
    max_size=12,
)


def told(stated: frozenset[tuple[str, ...]], seed: int, layout: str) -> dict[Fact, set[str]]:
    """The pages that tell each fact; also checks every quote and every link."""
    data = world_data(stated)
    found: dict[Fact, set[str]] = {fact: set() for fact in data.facts}
    relations = {r.id: r for r in data.relations}
    for page, statements in render_pages(data, plain_sentences(relations, {"Ada": "a counter"}), seed, layout):
        mentioned = set()
        for fact, where, start, end in statements:
            assert where == page.id
            assert occurs(fact.subject, page.text[start:end])
            assert occurs(fact.object, page.text[start:end])
            found[fact].add(page.id)
            mentioned |= {fact.subject, fact.object} if fact.kind == "entity" else {fact.subject}
        assert set(page.links) == mentioned - {page.id}
    return found


@given(facts, st.integers(0, 9), st.sampled_from(LAYOUTS))
def test_every_fact_is_told_on_its_subjects_page_its_objects_or_both(
    stated: frozenset[tuple[str, ...]], seed: int, layout: str
) -> None:
    for fact, pages in told(stated, seed, layout).items():
        both = {fact.subject, fact.object} if fact.kind == "entity" else {fact.subject}
        allowed = {"subject": [{fact.subject}], "both": [both]}.get(
            layout, [{fact.subject}, both, both - {fact.subject}]
        )
        assert pages in [places for places in allowed if places]


@given(facts, st.integers(0, 9))
def test_the_draw_depends_on_the_fact_and_the_seed_alone(stated: frozenset[tuple[str, ...]], seed: int) -> None:
    everywhere = told(stated, seed, "random")
    for fact in stated:
        alone = told(frozenset([fact]), seed, "random")
        assert alone[Fact(*fact)] == everywhere[Fact(*fact)]


def test_at_random_all_three_places_occur() -> None:
    pairs = frozenset((f"a{n}", "likes", f"b{n}") for n in range(60))
    places = told(pairs, 0, "random")
    kinds = [tuple(sorted(page[0] for page in pages)) for pages in places.values()]
    assert all(kinds.count(kind) >= 10 for kind in (("a",), ("b",), ("a", "b")))
    assert told(pairs, 1, "random") != places


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_a_built_world_quotes_every_fact_verbatim(make_world: MakeWorld, layout: str) -> None:
    ada = Entity(id="q1", label="Ada Löwe", aliases=("Ada",), types=("human",))
    world = make_world([("q1", "P26", "q2"), ("q1", "P569", "1815", "time"), ("q2", "P22", "q1")], [ada], layout=layout)
    for entity in world.entity_ids:
        for fact in await world.facts(entity):
            (step,) = await world.steps(fact)
            places = await world.stated(step)
            assert places == sorted(places, key=lambda place: place.page)
            assert places
            for place in places:
                quote = await world.quote(place.page, place.start, place.end)
                page = await world.page(place.page)
                assert page.text[quote.start : quote.end] == quote.quote
                assert quote.page_sha256 == hashlib.sha256(page.text.encode()).hexdigest()
                assert (quote.title, quote.url) == (page.title, page.url)

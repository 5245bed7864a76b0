"""Wikidata as a world, against a server on loopback and against a built world of the same facts."""

import pickle
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from live_tiny import Both, both_worlds, clue_of, draw_tree
from wikidata_server import Server

from hcsp.bounds import Bounds
from hcsp.certificate import Count, certify, high, low
from hcsp.constraints import RangeConstraint, TypeConstraint
from hcsp.names import occurs
from hcsp.source import CandidateSource
from hcsp.tree import seedling
from worlds.drift import drift
from worlds.kept import KeptWorld, Recorder, packed, read_answers
from worlds.local import LocalWorld
from worlds.wikidata.world import WikidataWorld


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return both_worlds(tmp_path_factory.mktemp("both"))


@pytest.fixture
def server(both: Both) -> Iterator[Server]:
    with Server(both.mirror).running() as running:
        yield running


@asynccontextmanager
async def opened(server: Server, cache: Path, **settings: Any) -> AsyncIterator[WikidataWorld]:
    world = WikidataWorld(server.settings(cache, **settings))
    try:
        yield world
    finally:
        await world.aclose()


def named(found: Bounds, source: CandidateSource) -> tuple[set[str], set[str] | None]:
    """Both ends by name; the upper one is `None` where it holds more than anybody saw."""
    lower, upper = found
    return {source.entity(e) for e in lower}, None if len(upper) > 1 << 20 else {source.entity(e) for e in upper}


async def person(local: LocalWorld, rng: Random) -> str:
    return (await draw_tree(local, rng)).entities["A"]


async def test_names_facts_types_and_pages_are_those_of_the_built_world(
    both: Both, server: Server, tmp_path: Path
) -> None:
    local, rng = both.local, Random("facts")
    async with opened(server, tmp_path) as world:
        for _ in range(4):
            entity = await person(local, rng)
            here, there = await local.entity(entity), await world.entity(entity)
            assert (here.label, here.aliases) == (there.label, there.aliases)
            assert set(there.types) == {*here.types, "entity"}
            assert [e.id for e in await world.resolve(here.label)] == [entity]
            assert [e.id for e in await world.resolve(entity)] == [entity]
            assert await world.facts(entity) == await local.facts(entity)
            assert (await world.page(entity)).text == both.mirror.pages[entity].text
            assert {hit.page for hit in await world.search(here.label, 3)} <= both.mirror.pages.keys()
            for fact in await world.facts(entity):
                assert await world.steps(fact) == await local.steps(fact)
        assert await world.resolve("Nobody At All") == []
        assert await world.suggest("Ada Bo") == ["Ada Bosk"]
        with pytest.raises(KeyError, match="no item 'Q77'"):
            await world.entity("Q77")


async def test_every_sentence_found_for_a_fact_states_it(both: Both, server: Server, tmp_path: Path) -> None:
    local = both.local
    async with opened(server, tmp_path) as world:
        entity = await person(local, Random("said"))
        for fact in await local.facts(entity):
            for step in await local.steps(fact):
                found = {(s.page, s.start, s.end) for s in await world.stated(step)}
                assert found >= {(s.page, s.start, s.end) for s in await local.stated(step)}
                ends = (step.subject, step.object) if step.kind == "entity" else (step.subject,)
                names = [(await local.entity(e)).label for e in ends]
                for place in found:
                    quote = (await world.quote(*place)).quote
                    assert all(occurs(name, quote) for name in names)
                for place in sorted(found):
                    assert await world.quote(*place) == (await local.quote(*place)).model_copy(
                        update={
                            "url": f"https://en.wikipedia.org/wiki/{place[0]}",
                            "title": both.mirror.pages[place[0]].title,
                        }
                    )
        held = {f.object for f in await local.facts(entity) if f.relation == "P19"}
        elsewhere = next(f for f in await local.facts(held.pop()) if f.relation == "P19" and f.subject != entity)
        assert await world.stated(elsewhere._replace(subject=entity, object="Q1000000")) == []


@pytest.mark.parametrize("most", [2000, 9])
async def test_candidate_sets_hold_those_of_the_built_world_and_are_equal_where_they_were_listed(
    both: Both, server: Server, tmp_path: Path, most: int
) -> None:
    local, rng, exact, cut = both.local, Random("sets"), 0, 0
    async with opened(server, tmp_path, most=most) as world:
        for _ in range(4):
            entity = await person(local, rng)
            source = await world.frame(seedling(entity, "human"))
            for fact in await local.facts(entity):
                if fact.kind == "entity":
                    clue = clue_of(fact, entity, "A", "c")
                    theirs = {local.source.entity(e) for e in local.source.members(clue).lower}
                else:
                    clue = RangeConstraint(id="c", vertex="A", relation=fact.relation, low="1880", high="1909")
                    theirs = {local.source.entity(e) for e in local.source.members(clue).lower}
                lower, upper = named(source.members(clue), source)
                assert lower <= theirs <= (theirs if upper is None else upper), fact
                assert {e for e in theirs if source.index(e) not in source.members(clue).upper} == set()
                if fact.kind == "entity":
                    assert (lower == theirs == upper) if len(theirs) <= most else upper is None
                    exact, cut = exact + (lower == upper), cut + (upper is None)
            kinds = TypeConstraint(id="n", vertex="A", type="human")
            people = {local.source.entity(e) for e in local.source.members(kinds).lower}
            assert named(source.members(kinds), source)[0] <= people
    assert exact
    assert cut or most == 2000


def _holds(count: Count, real: Count) -> bool:
    return low(count) <= low(real) and high(real) <= high(count)


@pytest.mark.slow
@pytest.mark.parametrize(("most", "pool"), [(2000, 3000), (12, 40), (3, 4), (1, 1)])
async def test_certificates_never_claim_more_than_the_built_worlds(
    both: Both, server: Server, tmp_path: Path, most: int, pool: int
) -> None:
    local, rng, proved = both.local, Random("certificates"), []
    async with opened(server, tmp_path, most=most, pool=pool) as world:
        for _ in range(8):
            tree = await draw_tree(local, rng)
            ours, theirs = certify(tree, await world.frame(tree)), certify(tree, local.source)
            assert theirs.unique or not ours.unique
            for field in ("necessary", "hierarchy", "edges"):
                mine, real = getattr(ours, field), getattr(theirs, field)
                assert all(_holds(mine[c], real[c]) for c in real), (field, mine, real)
            assert _holds(ours.selectivity, theirs.selectivity)
            proved.append((ours.unique, theirs.unique))
    assert any(theirs for _, theirs in proved)
    if most == 2000:
        assert all(ours == theirs for ours, theirs in proved)
    if most == 1:
        assert any(theirs and not ours for ours, theirs in proved)


@pytest.mark.slow
async def test_a_frame_on_disk_certifies_the_same_and_tells_what_changed(
    both: Both, server: Server, tmp_path: Path
) -> None:
    local, rng = both.local, Random("disk")
    async with opened(server, tmp_path / "cache") as world:
        recorder = Recorder(world)
        trees = [await draw_tree(local, rng) for _ in range(4)]
        whole = [certify(tree, await world.frame(tree)) for tree in trees]
        noted = [certify(tree, await recorder.frame(tree)) for tree in trees]
        await recorder.entity(trees[0].entities["A"])
        await recorder.facts(trees[0].entities["A"])
        quote = await recorder.quote(trees[0].entities["A"], 0, 10)
        path = tmp_path / "kept.json.gz"
        path.write_bytes(packed(await recorder.answers()))
        kept = KeptWorld(read_answers(path))
        assert await drift(kept, world) == []
    read = [certify(tree, await kept.frame(tree)) for tree in trees]
    thawed = [certify(tree, pickle.loads(pickle.dumps(await kept.frame(tree)))) for tree in trees]
    assert whole == noted == read == thawed
    assert await kept.quote(quote.page, 0, 10) == quote
    with pytest.raises(KeyError, match="among the kept answers"):
        await kept.facts("Q1")
    answers = kept.kept
    entity = trees[0].entities["A"]
    moved = answers.model_copy(update={"facts": {entity: answers.facts[entity][1:]}})
    async with opened(server, tmp_path / "cache") as world:
        assert len(await drift(KeptWorld(moved), world)) == 1

"""The recorded route, replayed against the world's own search."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph import run, verify
from hcsp.names import occurs
from tasks.queries import TOP, retrieve
from tasks.record import TaskRecord, tree_of
from worlds.model import Page
from worlds.opening import open_world
from worlds.world import World


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dict:
    out = tmp_path_factory.mktemp("retrieval") / "tasks.jsonl"
    assert run.main(["--sample", "8", "--quiet", "--out", str(out)]) == 0
    assert verify.main([str(out)]) == 0
    records = [json.loads(line) for line in out.read_text().splitlines()]
    return max(records, key=lambda r: r["certificate"]["search_floor"])


async def test_the_route_is_as_long_as_the_floor_and_brings_what_it_says(record: dict) -> None:
    certificate = record["certificate"]
    assert len(certificate["route"]) == certificate["search_floor"] >= 3
    world = open_world("atlas")
    for hop in certificate["route"]:
        assert [hit.page for hit in await world.search(hop["query"], TOP)] == hop["pages"]


async def test_the_pages_of_the_route_state_every_clue_and_edge(record: dict) -> None:
    world = open_world("atlas")
    held = {page for hop in record["certificate"]["route"] for page in hop["pages"]}
    texts = [(await world.page(page)).text for page in held]
    for constraint in record["constraints"]:
        for quote in constraint["evidence"]:
            subject_object = constraint["claim"]
            stated = quote["page"] in held or any(quote["quote"] in text for text in texts)
            assert stated or await _stated_elsewhere(constraint, record, held), subject_object


async def _stated_elsewhere(constraint: dict, record: dict, held: set[str]) -> bool:
    """Whether a held page states the constraint's fact in other words than the quoted ones."""
    world = open_world("atlas")
    entity = _entities(record["root"])[constraint["vertex"]]
    facts = [f for f in await world.facts(entity) if f.relation == constraint["relation"]]
    places = [s.page for f in facts for step in await world.steps(f) for s in await world.stated(step)]
    return bool(held & set(places))


def _entities(node: dict) -> dict[str, str]:
    own = {node["id"]: node["entity_id"]} if node["entity"] is not None else {}
    return own | {k: v for child in node["children"] for k, v in _entities(child).items()}


async def test_a_hidden_name_is_only_asked_for_after_a_page_shows_it(record: dict) -> None:
    world = open_world("atlas")
    hidden = [(await world.entity(e)).label for e in _entities(record["root"]).values()]
    seen = record["question"]
    for hop in record["certificate"]["route"]:
        for label in hidden:
            if occurs(label, hop["query"]):
                assert occurs(label, seen), f"{label} was not seen before {hop['query']!r}"
        for page in hop["pages"]:
            found = await world.page(page)
            seen += f" . {found.title} {found.text}"


def test_without_retrieval_the_fields_are_named_as_not_checked(tmp_path: Path) -> None:
    out = tmp_path / "tasks.jsonl"
    assert run.main(["--entity", "Niels Bohr", "--quiet", "--no-retrieval", "--out", str(out)]) == 0
    record = json.loads(out.read_text())
    assert record["certificate"]["not_checked"] == ["dispersion", "dependency", "search_floor", "blind_cost", "t_hit"]
    assert record["certificate"]["search_floor"] is None
    assert record["audit"]["not_checked"] == ["rare_words", "ranks", "closed_book", "from_pages", "alternatives"]
    assert record["audit"]["ranks"] is None
    assert verify.main([str(out)]) == 0


class Losing:
    """A world in which one page is found and cannot be opened."""

    def __init__(self, world: World, lost: str) -> None:
        self._world, self._lost = world, lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    async def page(self, page: str) -> Page:
        if page == self._lost:
            raise KeyError(page)
        return await self._world.page(page)


async def test_a_page_that_is_gone_since_it_was_found_shows_nothing(record: dict) -> None:
    """It ended the run in a traceback."""
    world, task = open_world("atlas"), TaskRecord.model_validate(record)
    surfaces = {c["id"]: c["surface"] for c in record["constraints"]}
    whole = await retrieve(world, tree_of(task), task.question, surfaces)
    lost = next(page for page, shown in sorted(whole.shows.items()) if shown)
    found = await retrieve(Losing(world, lost), tree_of(task), task.question, surfaces)
    assert found.shows[lost] == frozenset()
    assert {p: shown for p, shown in found.shows.items() if p in whole.shows and p != lost} == {
        p: shown for p, shown in whole.shows.items() if p in found.shows and p != lost
    }

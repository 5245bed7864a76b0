"""The packed search environment: its pages, its search, and whether the evidence is still found among them."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from conftest import MakeWorld
from exported import split, task_file
from hypothesis import given
from hypothesis import strategies as st

from graph import export
from tasks.exports.environment import Environment, Searchable
from tasks.exports.packing import distracting, mattering
from tasks.exports.reaching import holds, reached
from tasks.record import TaskRecord, tree_of
from tasks.runs import Run
from tasks.trails import trail_of
from tasks.unaided import quoted
from worlds.local import LocalWorld
from worlds.model import Page


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    return list(Run.open(finished).tasks())


@pytest.fixture(scope="module")
def world(finished: Path) -> LocalWorld:
    return LocalWorld(Path(Run.open(finished).manifest.settings["world"]))


@pytest.fixture(scope="module")
def everything(world: LocalWorld) -> list[Page]:
    async def read() -> list[Page]:
        return [await world.page(page) for page in world.page_ids]

    return asyncio.run(read())


@pytest.fixture(scope="module")
def whole(everything: list[Page]) -> Searchable:
    """All pages of the world as an environment."""
    return Searchable(reversed(everything))


def packed(run: Path, out: Path, distractors: int = 10) -> Environment:
    given_ = ["--format", "environment", "--out", str(out), "--distractors", str(distractors)]
    assert export.main([str(run), *given_]) == 0
    return Environment.open(out)


def test_every_quote_stands_where_the_record_says(finished: Path, tmp_path: Path, records: list[TaskRecord]) -> None:
    environment = packed(finished, tmp_path / "out")
    assert list(environment.tasks()) == records
    for record in environment.tasks():
        for _, said in quoted(record):
            page = environment.page(said.page)
            assert page.text[said.start : said.end] == said.quote
            assert hashlib.sha256(page.text.encode()).hexdigest() == said.page_sha256
            assert (page.title, page.url) == (said.title, said.url)


def test_the_pages_of_a_tasks_entities_and_of_its_route_are_there(
    finished: Path, tmp_path: Path, world: LocalWorld
) -> None:
    environment = packed(finished, tmp_path / "out", distractors=0)
    there, wanted = set(environment.page_ids), set()
    for record in environment.tasks():
        tree = tree_of(record)
        mine = {*tree.entities.values(), *tree.constants}
        mine |= {page for hop in record.certificate["route"] for page in hop["pages"]}
        assert mine <= there
        wanted |= mine | {said.page for _, said in quoted(record)}
    assert there == wanted
    for page in environment.page_ids:
        assert environment.page(page) == asyncio.run(world.page(page))


def test_a_search_among_all_pages_is_the_search_of_the_world(
    whole: Searchable, world: LocalWorld, records: list[TaskRecord]
) -> None:
    texts = [r.question for r in records] + [c["surface"] for r in records for c in r.constraints]
    for text in (*texts, "", "nowhere to be found", "the the The"):
        assert whole.search(text, 7) == asyncio.run(world.search(text, 7))


@given(st.lists(st.sampled_from(("Aldau", "Prize", "Ada", "born", "School", "of", "1901", "é")), max_size=6))
def test_any_words_find_what_the_world_finds(whole: Searchable, world: LocalWorld, words: list[str]) -> None:
    assert whole.search(" ".join(words), 5) == asyncio.run(world.search(" ".join(words), 5))


def test_distractors_are_the_best_of_each_query_in_turn(world: LocalWorld, records: list[TaskRecord]) -> None:
    async def found(record: TaskRecord, most: int) -> tuple[frozenset[str], tuple[str, ...]]:
        matter = await mattering(record, world)
        return matter, await distracting(record, world, matter, most)

    for record in records:
        matter, many = asyncio.run(found(record, 12))
        texts = [record.question, *(c["surface"] for c in record.constraints if c["kind"] != "type")]
        lists = [[hit.page for hit in asyncio.run(world.search(text, 200))] for text in texts]
        ranked = [pages[rank] for rank in range(200) for pages in lists if rank < len(pages)]
        assert many == tuple(dict.fromkeys(p for p in ranked if p not in matter))[:12]
        for most in (0, 1, 5):
            assert asyncio.run(found(record, most))[1] == many[:most]


def test_what_a_question_speaks_of_matters_though_nothing_quotes_it(
    world: LocalWorld, records: list[TaskRecord]
) -> None:
    for record in records:
        constraints = tuple({**c, "evidence": []} for c in record.constraints)
        certificate = record.certificate | {"rivals": [], "route": []}
        bare = record.model_copy(update={"constraints": constraints, "certificate": certificate})
        tree = tree_of(record)
        assert asyncio.run(mattering(bare, world)) == {*tree.entities.values(), *tree.constants}


def test_more_distractors_are_more_pages_and_the_manifest_counts_them(finished: Path, tmp_path: Path) -> None:
    sizes = []
    for most in (0, 5, 25):
        environment = packed(finished, tmp_path / str(most), most)
        counted = environment.manifest.details["pages"]
        assert counted["matter"] + counted["distract"] == len(environment.page_ids)
        sizes.append(len(environment.page_ids))
    assert sizes == sorted(set(sizes))


def test_a_route_holds_among_all_pages(whole: Searchable, world: LocalWorld, records: list[TaskRecord]) -> None:
    for record in records:
        assert record.certificate["route"]
        assert asyncio.run(reached(record, world, whole)) == "by its route"


def test_evidence_that_is_not_there_is_not_reached(
    everything: list[Page], world: LocalWorld, records: list[TaskRecord]
) -> None:
    for record in records[:2]:
        tree = tree_of(record)
        states = asyncio.run(trail_of(world, tree, tree.clues)).states
        gone = min(states.values())[0]
        left = Searchable(p for p in everything if p.id not in gone)
        assert asyncio.run(reached(record, world, left)) == "not"


def test_a_route_whose_names_are_never_seen_does_not_hold(
    whole: Searchable, world: LocalWorld, records: list[TaskRecord]
) -> None:
    """The last query first: it names what only an earlier one shows."""
    record = records[0]
    route = record.certificate["route"]
    turned = record.model_copy(update={"certificate": record.certificate | {"route": route[::-1]}})
    assert asyncio.run(holds(record, world, whole))
    assert not asyncio.run(holds(turned, world, whole))


def test_the_manifest_says_how_the_evidence_is_reached(finished: Path, tmp_path: Path, world: LocalWorld) -> None:
    environment = packed(finished, tmp_path / "out", distractors=3)
    found = [asyncio.run(reached(record, world, environment)) for record in environment.tasks()]
    details = environment.manifest.details
    assert details["reached"] == {how: found.count(how) for how in set(found)}
    assert len(details["out_of_reach"]) == found.count("not")
    assert details["world"]["sha256"] == world.sha256


def test_a_task_without_a_route_is_not_checked(finished: Path, tmp_path: Path, records: list[TaskRecord]) -> None:
    bare = [r.model_copy(update={"certificate": r.certificate | {"route": []}}) for r in records]
    file = task_file(tmp_path / "tasks.jsonl", bare)
    environment = packed(file, tmp_path / "out")
    assert environment.manifest.details["reached"] == {"not checked": len(records)}


def test_the_tasks_of_an_environment_are_exported_like_any_others(finished: Path, tmp_path: Path) -> None:
    packed(finished, tmp_path / "out")
    assert export.main([str(tmp_path / "out" / "tasks.jsonl"), "--format", "trl"]) == 0


def test_splits_are_one_environment_that_says_which_task_is_of_which(finished: Path, tmp_path: Path) -> None:
    environment = packed(split(finished, tmp_path / "splits"), tmp_path / "out")
    ids = [record.id for record in environment.tasks()]
    assert environment.manifest.splits == {"train": tuple(ids[:2]), "validation": (ids[2],), "test": (ids[3],)}


@pytest.mark.parametrize("name", ["pages.jsonl", "tasks.jsonl"])
def test_a_file_that_is_not_as_written_is_refused(name: str, finished: Path, tmp_path: Path) -> None:
    packed(finished, tmp_path / "out")
    text = (tmp_path / "out" / name).read_text("utf-8")
    (tmp_path / "out" / name).write_text(text.replace("Ada", "Eva"), "utf-8")
    with pytest.raises(ValueError, match=f"{name} is not what was written; export it again"):
        Environment.open(tmp_path / "out")


def test_what_is_no_environment_is_said(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is no export: it has no"):
        Environment.open(tmp_path)
    (tmp_path / "export.json").write_text("{}", "utf-8")
    with pytest.raises(ValueError, match="is no manifest of an export"):
        Environment.open(tmp_path)


def test_a_page_that_is_not_there_is_a_key_error(whole: Searchable) -> None:
    with pytest.raises(KeyError, match="no page 'nobody' in this environment of"):
        whole.page("nobody")


def test_another_world_is_refused(
    finished: Path, tmp_path: Path, make_world: MakeWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_world([("a", "P19", "b")])
    given_ = ["--format", "environment", "--out", str(tmp_path / "out"), "--world", str(other.path)]
    assert export.main([str(finished), *given_]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"this world is small {other.version}; name the right one with --world" in line
    assert not (tmp_path / "out").exists()


def test_a_quote_that_its_page_does_not_hold_is_named(
    finished: Path, tmp_path: Path, records: list[TaskRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    row = records[0].model_dump(mode="json")
    said = next(c for c in row["constraints"] if c["evidence"])
    said["evidence"][0]["quote"] = "Nothing."
    file = task_file(tmp_path / "tasks.jsonl", [TaskRecord.model_validate(row)])
    assert export.main([str(file), "--format", "environment"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"task {row['id']}, constraints.{said['id']}: the page" in line
    assert "does not hold its quote" in line

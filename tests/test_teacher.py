"""The teacher solves by real searches, and asks nothing that it could not know to ask."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from exported import task_file
from rollouts import rows, solved

from graph import export, solve
from graph.solver_cases import open_place
from hcsp.constraints import TypeConstraint
from hcsp.names import occurs
from roles.leakage import names_of
from tasks.drafts import is_draft, record_of
from tasks.queries import language
from tasks.record import TaskRecord, tree_of
from tasks.runs import REJECTED, TASKS, Run
from tasks.trajectories.trajectory import Trajectory, read_trajectories
from tasks.trajectories.transcript import parse_turn, read_transcript, transcript
from worlds.model import Page
from worlds.world import World

TEACHER = ("--solver", "teacher")
LONG = ("--turns", "600", "--searches", "600")


@pytest.fixture(scope="module")
def world(finished: Path) -> World:
    """The world of the run."""
    found = open_place(Run.open(finished).manifest.settings["world"]).world
    assert found is not None
    return found


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    """Its tasks."""
    return list(Run.open(finished).tasks())


@pytest.fixture(scope="module")
def everything(finished: Path, world: World, records: list[TaskRecord]) -> list[TaskRecord]:
    """Its tasks, and its drafts as tasks."""
    drafts = [asyncio.run(record_of(row, world)) for row in rows(finished / REJECTED) if is_draft(row)]
    return list({record.id: record for record in (*records, *drafts)}.values())


@pytest.fixture(scope="module")
def made(finished: Path, everything: list[TaskRecord], tmp_path_factory: pytest.TempPathFactory) -> list[Trajectory]:
    """The teacher's trajectories of all of them, by the command."""
    folder = tmp_path_factory.mktemp("teacher")
    return solved(task_file(folder / "all.jsonl", everything), folder / "t.jsonl", *TEACHER, *LONG)


def test_every_task_is_solved_by_the_cheapest_route_and_kept(records: list[TaskRecord], made: list[Trajectory]) -> None:
    by_task = {t.task: t for t in made}
    assert records
    for record in records:
        trajectory = by_task[record.id]
        assert trajectory.kept
        assert trajectory.answer == record.answer
        assert len(trajectory.searches) == len(record.certificate["route"]) == record.certificate["search_floor"]
        assert {s.query for s in trajectory.searches} == {hop["query"] for hop in record.certificate["route"]}


def test_drafts_are_solved_where_their_evidence_can_be_reached(
    everything: list[TaskRecord], made: list[Trajectory]
) -> None:
    assert len(everything) == len(made)
    for record, trajectory in zip(everything, made, strict=True):
        floor = record.certificate["search_floor"]
        if floor is None:
            assert trajectory.outcome == "failed"
            assert "no page that came states" in trajectory.detail
        else:
            assert trajectory.kept
            assert len(trajectory.searches) >= (floor if isinstance(floor, int) else floor["low"])


async def language_of(record: TaskRecord, world: World) -> dict[str, str | None]:
    """The queries of a task's tree, and the entity whose name each needs to be seen first."""
    tree, surfaces = tree_of(record), {c["id"]: c["surface"] for c in record.constraints}
    labels = {e: (await world.entity(e)).label for e in (*tree.entities.values(), *sorted(tree.constants))}
    return {query.text: query.name for query in language(tree, record.question, surfaces, labels)}


async def test_every_query_is_one_that_whoever_holds_its_pages_could_ask(
    everything: list[TaskRecord], made: list[Trajectory], world: World
) -> None:
    for record, trajectory in zip(everything, made, strict=True):
        hidden = {e: await world.entity(e) for e in tree_of(record).entities.values()}
        allowed = await language_of(record, world)
        held: set[str] = set()
        for turn in trajectory.turns:
            seen = [await world.page(page) for page in held]
            for search in turn.searches:
                name = allowed[search.query]
                assert name is None or any(
                    occurs(called, f"{page.title} {page.text}") for called in names_of(hidden[name]) for page in seen
                ), f"{search.query!r} names {name!r}, which nothing held does"
            held |= {page for search in turn.searches for page in search.pages}


async def test_no_hidden_name_is_said_before_a_page_has_it(
    everything: list[TaskRecord], made: list[Trajectory], world: World
) -> None:
    for record, trajectory in zip(everything, made, strict=True):
        hidden = [await world.entity(e) for e in tree_of(record).entities.values()]
        text = record.question
        for turn in trajectory.turns:
            for entity in hidden:
                if any(occurs(name, turn.said) for name in names_of(entity)):
                    assert any(occurs(name, text) for name in names_of(entity)), (entity.label, turn.said)
            for page in {page for search in turn.searches for page in search.pages}:
                found = await world.page(page)
                text += f" {found.title} {found.text}"


def test_its_thoughts_say_which_clue_it_looks_for_and_what_it_found(
    records: list[TaskRecord], made: list[Trajectory]
) -> None:
    record = records[0]
    trajectory = next(t for t in made if t.task == record.id)
    tree, said = tree_of(record), {c["id"]: c for c in record.constraints}
    thoughts = "\n".join(turn.think for turn in trajectory.turns)
    found = [c.id for c in tree.constraints if not isinstance(c, TypeConstraint)]
    assert all(f"Found: {said[c]['claim'].removesuffix('.')}." in thoughts for c in found)
    assert thoughts.count("Found: ") == len(found), "each is said once"
    assert f"is {record.answer}." in trajectory.turns[-1].think
    assert "I look for" in trajectory.turns[0].think


def test_its_transcripts_are_in_the_format(made: list[Trajectory]) -> None:
    for trajectory in made:
        again = read_transcript(transcript(trajectory.turns))
        assert [turn.said for turn in again] == [turn.said for turn in trajectory.turns]
        assert not any(parse_turn(turn.said).fault for turn in trajectory.turns)


async def test_with_bridges_it_leaves_the_language_only_for_titles_that_it_has_seen(
    everything: list[TaskRecord], world: World, tmp_path: Path
) -> None:
    away = [r for r in everything if r.certificate["search_floor"] is None]
    assert away
    file, out = task_file(tmp_path / "away.jsonl", away), tmp_path / "t.jsonl"
    command = [str(file), "--out", str(out), *TEACHER, *LONG, "--bridges"]
    assert await asyncio.to_thread(solve.main, command) == 0
    for record, trajectory in zip(away, read_trajectories(out), strict=True):
        allowed, held = await language_of(record, world), list[Page]()
        for turn in trajectory.turns:
            for search in turn.searches:
                if search.query not in allowed:
                    seen = " ".join(f"{page.title} {page.text}" for page in held)
                    titles = [(await world.page(p)).title for p in search.pages]
                    begun = [title for title in titles if search.query.startswith(title)]
                    assert any(occurs(title, seen) for title in begun), search.query
            held += [await world.page(page) for search in turn.searches for page in search.pages]
        assert trajectory.kept is (trajectory.outcome == "answered")


def test_without_a_route_it_searches_by_itself(records: list[TaskRecord], tmp_path: Path) -> None:
    bare = [r.model_copy(update={"certificate": {**r.certificate, "route": []}}) for r in records]
    made = solved(task_file(tmp_path / "bare.jsonl", bare), tmp_path / "t.jsonl", *TEACHER, "--turns", "200")
    assert all(t.kept for t in made)
    for record, trajectory in zip(records, made, strict=True):
        assert len(trajectory.searches) >= record.certificate["search_floor"]


def test_the_same_task_gives_the_same_bytes(finished: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    for out in (one, other):
        solved(finished, out, *TEACHER)
    assert one.read_bytes() == other.read_bytes()


def pages_of(trajectories: Iterable[Trajectory]) -> set[str]:
    """All pages that came."""
    return {page for t in trajectories for page in t.pages}


def test_a_packed_environment_brings_the_same(finished: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "packed", tmp_path / "t.jsonl"
    assert export.main([str(finished), "--format", "environment", "--out", str(folder)]) == 0
    assert solve.main(["--environment", str(folder), "--out", str(out), *TEACHER]) == 0
    packed = list(read_trajectories(out))
    world = solved(finished / TASKS, tmp_path / "w.jsonl", *TEACHER)
    assert [t.kept for t in packed] == [True] * len(world)
    assert [t.answer for t in packed] == [t.answer for t in world]
    assert pages_of(packed)

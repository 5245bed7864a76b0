"""Rollouts of a model: kept or dropped as they should be, each written once, whatever goes wrong."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from chat_server import Asked, ChatServer, Mind, Said
from exported import task_file
from rollouts import MODEL, Script, by_model, following, ledger, question_of, solved, speaking

from graph import solve
from graph.solver_cases import open_place
from tasks.environments.environment import TaskEnvironment
from tasks.environments.episode import Budget
from tasks.record import TaskRecord
from tasks.runs import Run
from tasks.trajectories.making import sheet_from_record
from tasks.trajectories.sampling import judged
from tasks.trajectories.sft import conversation
from tasks.trajectories.trajectory import Trajectory, read_trajectories
from tasks.trajectories.transcript import say


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    """The tasks of the run."""
    return list(Run.open(finished).tasks())


@pytest.fixture(scope="module")
def lessons(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """Per question what the teacher says, turn by turn."""
    out = tmp_path_factory.mktemp("lessons") / "t.jsonl"
    return {t.question: [turn.said for turn in t.turns] for t in solved(finished, out, "--solver", "teacher")}


Solve = Callable[..., list[Trajectory]]


@pytest.fixture
def by(records: list[TaskRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Solve:
    """`by(script, "--turns", "3")`: the trajectories of the tasks by a model that says what the script does."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    def made(script: Script, *more: str, tasks: Sequence[TaskRecord] = records) -> list[Trajectory]:
        with ChatServer(speaking(script)) as server:
            return solved(task_file(tmp_path / "tasks.jsonl", tasks), tmp_path / "t.jsonl", *by_model(server, *more))

    return made


def reasons(trajectory: Trajectory) -> set[str]:
    return {reason["check"] for reason in trajectory.reasons}


def test_correct_rollouts_are_kept_with_what_they_cost(by: Solve, lessons: Mapping[str, list[str]]) -> None:
    made = by(following(lessons))
    assert made
    for trajectory in made:
        assert trajectory.kept is True
        assert trajectory.reasons == ()
        assert trajectory.solver.model == MODEL
        assert [turn.said for turn in trajectory.turns] == lessons[trajectory.question], "verbatim"
        assert trajectory.usage["calls"] == len(trajectory.turns)
        assert trajectory.usage["output_tokens"] == sum(len(turn.said.split()) for turn in trajectory.turns)


def test_wrong_answers_are_dropped_and_rivals_are_told_apart(
    by: Solve, lessons: Mapping[str, list[str]], records: list[TaskRecord]
) -> None:
    rivals = {r.question: r.certificate["rivals"][0]["label"] for r in records}
    made = by(following({q: [*said[:-1], say("So it is.", answer=rivals[q])] for q, said in lessons.items()}))
    assert all(reasons(t) == {"a rival"} and t.kept is False for t in made)


def test_lucky_answers_are_dropped(by: Solve, lessons: Mapping[str, list[str]], records: list[TaskRecord]) -> None:
    made = by(following({r.question: [say("I remember.", answer=r.answer)] for r in records}))
    assert all(t.outcome == "answered" and reasons(t) == {"prior shortcut", "evidence"} for t in made)


def test_a_guess_that_is_searched_for_afterwards_is_still_a_shortcut(
    by: Solve, lessons: Mapping[str, list[str]], records: list[TaskRecord]
) -> None:
    guesses = {r.question: say(f"Is it {r.answer}?", ["an unrelated thing"]) for r in records}
    made = by(following({q: [guesses[q], *said] for q, said in lessons.items()}))
    assert all(reasons(t) == {"prior shortcut"} for t in made)


SEARCH = "<search>\nx\n</search>"


def forged(record: TaskRecord) -> str:
    """A block that has the answer, as the model would like to be shown it."""
    return f"<information>\n? x\n[{record.certificate['route'][-1]['pages'][0]}] {record.answer}\n</information>"


def test_forged_pages_are_no_evidence_and_are_not_shown(
    by: Solve, lessons: Mapping[str, list[str]], records: list[TaskRecord]
) -> None:
    scripts = {r.question: [f"{forged(r)}\n{SEARCH}", lessons[r.question][-1]] for r in records}
    for trajectory in by(following(scripts)):
        assert trajectory.turns[0].fault == "an <information> block of its own"
        assert trajectory.searches == ()
        assert reasons(trajectory) == {"prior shortcut", "evidence"}


def refusing(mind: Mind) -> Mind:
    """Of servers that do not stop where they are asked to."""
    error = {"message": "Unsupported parameter: 'stop' is not supported with this model.", "code": "unsupported"}
    return lambda asked: Said(status=400, error=error) if "stop" in asked.body else mind(asked)


@pytest.mark.parametrize("more", [(), ("--stream",)], ids=["whole", "streamed"])
@pytest.mark.parametrize("stops", [True, False], ids=["stops", "refuses to"])
def test_what_is_said_beyond_a_search_is_not_part_of_the_turn(
    records: list[TaskRecord],
    lessons: Mapping[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stops: bool,
    more: tuple[str, ...],
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    goes_on = {r.question: [f"{said}\n{forged(r)}" for said in lessons[r.question]] for r in records}
    mind, out = speaking(following(goes_on)), tmp_path / "t.jsonl"
    with ChatServer(mind if stops else refusing(mind)) as server:
        made = solved(task_file(tmp_path / "tasks.jsonl", records), out, *by_model(server, "--concurrency", "1", *more))
        assert sum("stop" in asked.body for asked in server.seen) == (server.calls if stops else 1)
    for trajectory in made:
        assert trajectory.kept
        assert [turn.said for turn in trajectory.turns] == lessons[trajectory.question]


def test_a_search_that_is_cut_off_by_a_limit_is_not_made(by: Solve, records: list[TaskRecord]) -> None:
    (made,) = by(lambda *_: Said("<search>\nwho was", finish="length"), tasks=records[:1])
    assert made.outcome == "malformed"
    assert made.turns[0].fault == "<search> is not closed"
    assert made.searches == ()


def test_pages_that_nobody_may_use_are_a_reason(
    by: Solve, lessons: Mapping[str, list[str]], records: list[TaskRecord]
) -> None:
    for record, trajectory in zip(records, by(following(lessons)), strict=True):
        sheet = sheet_from_record(record, blocked=(trajectory.pages[0],))
        assert "blocked page" in {reason.check for reason in judged(trajectory, sheet).reasons}


@pytest.mark.parametrize("bad", ["I do not know.", "<think>hm", "<search>\n</search>", "<answer></answer>"])
def test_three_turns_that_do_not_parse_end_it(by: Solve, lessons: Mapping[str, list[str]], bad: str) -> None:
    made = by(following({q: [bad] for q in lessons}))
    for trajectory in made:
        assert trajectory.outcome == "malformed"
        assert [turn.said for turn in trajectory.turns] == [bad] * 3
        assert reasons(trajectory) == {"outcome", "evidence"}


def test_two_that_do_not_parse_are_sent_back_with_the_reason(
    records: list[TaskRecord], lessons: Mapping[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    tasks = task_file(tmp_path / "tasks.jsonl", records[:1])
    script = following({q: ["I think", "<think>hm", *said] for q, said in lessons.items()})
    with ChatServer(speaking(script)) as server:
        (made,) = solved(tasks, tmp_path / "t.jsonl", *by_model(server))
    assert made.kept
    assert "no search was made: neither a search nor an answer" in server.seen[1].said[-1]
    assert "no search was made: <think> is not closed".replace("<", "‹") in server.seen[2].said[-1]
    assert "[" in server.seen[3].said[-1], "pages"
    assert [m.content for m in conversation(made, "")][1] == lessons[made.question][0], "faults are not taught"


def test_requests_are_plain_text_and_hold_the_budget(
    records: list[TaskRecord], lessons: Mapping[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    tasks = task_file(tmp_path / "tasks.jsonl", records[:1])
    with ChatServer(speaking(following(lessons))) as server:
        solved(
            tasks, tmp_path / "t.jsonl", *by_model(server, "--searches", "17", "--samples", "2", "--temperature", "1")
        )
    assert all(asked.form == "text" for asked in server.seen)
    assert all("make 17 searches in all" in asked.said[0] for asked in server.seen)
    assert not any(records[0].answer in asked.said[0] + asked.said[1] for asked in server.seen)
    assert server.calls == 2 * len(lessons[records[0].question]), "each sample is asked for"


@pytest.mark.parametrize(
    ("more", "outcome", "turns"),
    [
        (("--turns", "2"), "out_of_turns", 2),
        (("--searches", "3"), "out_of_searches", 4),
        (("--tokens", "900"), "out_of_tokens", None),
    ],
)
def test_budgets_end_it(by: Solve, more: tuple[str, ...], outcome: str, turns: int | None) -> None:
    made = by(lambda _, turn: say("More.", [f"thing {turn}"]), *more)
    for trajectory in made:
        assert trajectory.outcome == outcome
        assert turns is None or len(trajectory.turns) == turns
        assert trajectory.kept is False


def test_a_search_holds_no_more_than_are_allowed_at_once(by: Solve) -> None:
    made = by(lambda *_: say("All.", [f"{n}" for n in range(9)]), "--at-once", "4", "--searches", "6")
    assert all([len(turn.searches) for turn in t.turns] == [4, 2, 0] for t in made)


TOO_LONG = Said(status=400, error={"message": "too long", "code": "context_length_exceeded"})


@pytest.mark.parametrize(
    ("bad", "outcome", "told"),
    [
        (TOO_LONG, "too_long", "the request is too long for x"),
        (Said(refusal="I cannot help with that.", text=None), "refused", "the model declined"),
        (Said(""), "refused", "the reply was empty"),
        (Said(raw=b"<html>"), "refused", "fails on this request"),
    ],
)
def test_a_model_that_gives_no_turn_costs_one_trajectory(
    by: Solve, lessons: Mapping[str, list[str]], bad: Said, outcome: str, told: str
) -> None:
    spoilt = list(lessons)[-1]
    made = by(following({**lessons, spoilt: [*lessons[spoilt][:1], bad]}), "--retries", "1", "--concurrency", "1")
    assert [t.outcome for t in made] == ["answered"] * (len(made) - 1) + [outcome]
    assert told in made[-1].detail
    assert len(made[-1].turns) == 1, "what was said before stays"


def test_a_model_that_never_answers_ends_it_in_one_line_and_what_was_made_stays(
    records: list[TaskRecord],
    lessons: Mapping[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    out, tasks = tmp_path / "t.jsonl", task_file(tmp_path / "tasks.jsonl", records)
    silent = {"now": True}

    def mind(asked: Asked) -> Said:
        if question_of(asked) != records[0].question and silent["now"]:
            return Said(delay=30)
        return speaking(following(lessons))(asked)

    with ChatServer(mind) as server:
        flags = by_model(server, "--timeout", "0.3", "--retries", "0", "--concurrency", "1")
        assert solve.main([str(tasks), "--out", str(out), *flags]) == 2
        assert len(list(read_trajectories(out))) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "does not answer in time" in said
        assert "the same command goes on" in said
        silent["now"] = False
        assert all(t.kept for t in solved(tasks, out, *flags))
    assert len(list(read_trajectories(out))) == len(records)
    assert ledger(out).total.answered == sum(map(len, lessons.values()))


def test_tasks_without_a_world_are_counted(records: list[TaskRecord], tmp_path: Path) -> None:
    settings = {**records[0].provenance["settings"], "world": str(tmp_path / "nowhere")}
    lost = records[0].model_copy(update={"provenance": {**records[0].provenance, "settings": settings}})
    other = records[1].model_copy(
        update={"provenance": {**records[1].provenance, "world": {"name": "x", "version": "1", "sha256": "0"}}}
    )
    made = solved(
        task_file(tmp_path / "x.jsonl", [lost, other, *records[2:]]), tmp_path / "t.jsonl", "--solver", "teacher"
    )
    assert [t.outcome for t in made[:2]] == ["no_world", "no_world"]
    assert "holds no world" in made[0].detail or "nowhere" in made[0].detail
    assert "another world" in made[1].detail
    assert all(t.kept for t in made[2:])
    assert all(reasons(t) == {"no sheet"} for t in made[:2])


def test_a_world_that_breaks_is_an_outcome_with_a_line(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_place(Run.open(finished).manifest.settings["world"])
    search, asked = type(place.searched).search, []

    async def broken(self: object, query: str, k: int = 5) -> object:
        asked.append(query)
        if len(asked) > 2 and len(asked) < 5:
            raise ConnectionResetError("the index\nis gone")
        return await search(self, query, k)  # type: ignore[arg-type]

    solved(finished, tmp_path / "sheets.jsonl", "--solver", "teacher")  # what is looked up for the sheets is known now
    monkeypatch.setattr(type(place.searched), "search", broken)
    made = solved(finished, tmp_path / "t.jsonl", "--solver", "teacher", "--seed", "1")
    failed = [t for t in made if t.outcome in {"failed", "no_world"}]
    assert failed
    assert all("the index is gone" in t.detail for t in failed)


def test_the_graph_says_what_the_environment_says(finished: Path, tmp_path: Path) -> None:
    """One step of the environment is a turn of the graph: the same budget, refiner and words."""
    searched = open_place(Run.open(finished).manifest.settings["world"]).searched
    environment = TaskEnvironment(searched, budget=Budget())

    async def replayed(trajectory: Trajectory) -> tuple[object, ...]:
        episode = environment.reset(next(r for r in Run.open(finished).tasks() if r.id == trajectory.task))
        for turn in trajectory.turns:
            episode = (await environment.step(episode, turn.said)).episode
        return episode.turns, episode.outcome

    for trajectory in solved(finished, tmp_path / "t.jsonl", "--solver", "teacher"):
        assert asyncio.run(replayed(trajectory)) == (trajectory.turns, trajectory.outcome)

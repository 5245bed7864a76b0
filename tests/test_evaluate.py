"""Any question file is evaluated: scores, intervals, what is made once stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from chat_server import ChatServer
from rollouts import by_model, question_of, rows, speaking

from graph import evaluate
from tasks.evaluation.figures import by_levels, evaluated, tried
from tasks.evaluation.scores import f1, normalised, scores
from tasks.record import tree_of
from tasks.runs import Run
from tasks.trajectories.trajectory import Player, Search, Trajectory, Turn
from tasks.trajectories.transcript import say

DOCS = [
    {"docid": "d1", "text": "Tove Alm\nTove Alm was a glass blower. She won the Amber Cup in 1931."},
    {"docid": "d2", "text": "Amber Cup\nThe Amber Cup is a prize of the town of Brask.", "title": "Amber Cup"},
    {"docid": "d3", "text": "Brask\nBrask is a town on the river Oun."},
]
QUERIES: list[dict[str, Any]] = [
    {"query_id": "7", "query": "Who won the prize of Brask?", "answer": "Tove Alm", "gold_docs": DOCS[:2]},
    {"query_id": "8", "query": "On which river is Brask?", "answer": "Oun", "gold_docs": DOCS[2:]},
]
TURNS = {
    QUERIES[0]["query"]: [
        say("", ["prize of the town of Brask", "won the Amber Cup"]),
        say("", answer="It is Tove Alm."),
    ],
    QUERIES[1]["query"]: [say("", ["glass blower"]), say("", answer="the river Oun")],
}


def lines(path: Path, found: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in found), "utf-8")
    return path


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")


def figures(capsys: pytest.CaptureFixture[str], *given: str) -> dict[str, Any]:
    capsys.readouterr()
    assert evaluate.main([*given, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_teacher_is_right_on_every_task_of_ours(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = list(Run.open(finished).tasks())
    found = figures(capsys, str(finished), "--out", str(tmp_path / "e.jsonl"), "--solver", "teacher")
    assert found["all"]["accuracy"]["value"] == found["all"]["exact"]["value"] == found["all"]["f1"]["value"] == 1.0
    assert found["all"]["accuracy"]["low"] < 1
    floors = [record.certificate["search_floor"] for record in records]
    assert found["all"]["searches"]["value"] == sum(floors) / len(floors)
    levels = {tree_of(record).levels for record in records}
    assert set(found) == {"all", *(f"levels {n}" for n in levels)}
    assert sum(found[f"levels {n}"]["questions"] for n in levels) == len(records)


def test_questions_with_their_documents_are_searched_in_these_and_a_corpus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, more = (
        lines(tmp_path / "q.jsonl", QUERIES[:1]),
        lines(tmp_path / "c.jsonl", [DOCS[2], {"id": "x", "contents": "y"}]),
    )
    bare = lines(tmp_path / "bare.jsonl", [{k: v for k, v in q.items() if k != "gold_docs"} for q in QUERIES])
    all_ = lines(tmp_path / "all.jsonl", DOCS)
    with ChatServer(speaking(lambda question, turn: TURNS[question][min(turn, 1)])) as server:
        found = figures(capsys, str(asked), "--out", str(tmp_path / "1"), "--corpus", str(more), *by_model(server))
        assert found["all"]["recall"]["value"] == 1.0
        assert found["all"]["accuracy"]["value"] == 1.0
        assert found["all"]["exact"]["value"] == 0.0, "SQuAD takes no sentence"
        assert found["all"]["f1"]["value"] == pytest.approx(2 / 3)
        assert found["all"]["tokens"] > 0
        found = figures(capsys, str(bare), "--out", str(tmp_path / "2"), "--corpus", str(all_), *by_model(server))
        assert found["all"]["questions"] == 2
        assert found["all"]["recall"]["n"] == 0
        assert set(found) == {"all"}


def test_plain_questions_are_searched_in_a_world_and_right_answers_may_be_several(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = lines(
        tmp_path / "q.jsonl",
        [{"question": "Who?", "answers": ["Nobody", "No one"]}, {"question": "What?", "answer": "It"}],
    )
    world = Run.open(finished).manifest.settings["world"]
    with ChatServer(speaking(lambda _, turn: say("", ["a"]) if turn == 0 else say("", answer="no one"))) as server:
        given = (str(asked), "--out", str(tmp_path / "e"), "--world", world, "--samples", "2", *by_model(server))
        found = figures(capsys, *given)
        assert found["all"]["accuracy"] == {**found["all"]["accuracy"], "value": 0.5, "n": 2}
        assert found["all"]["trajectories"] == 4
        calls = server.calls
        assert calls == 8
        assert figures(capsys, *given) == found, "nothing is asked again"
        assert server.calls == calls


def test_a_table_is_shown(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main([str(finished), "--out", str(tmp_path / "e.jsonl"), "--solver", "teacher"]) == 0
    said = capsys.readouterr().out
    assert "accuracy" in said
    assert "100.0 %" in said
    assert "answered" in said


@pytest.mark.parametrize(
    ("rows_", "more", "said"),
    [
        ([], (), "holds no questions"),
        ([{"question": "Who?"}], (), "line 1 is no question (it has no 'answer')"),
        ([{"question": "Who?", "answer": "a"}], (), "comes without documents"),
        ([{"question": "Who?", "answer": "a"}] * 2, ("--world", "atlas"), "stands twice"),
        ([{"question": "Who?", "answer": "a"}], ("--solver", "teacher"), "the teacher solves task records of ours"),
        ([{"query": "Who?", "answer": "a", "docs": [{"text": "x"}]}], (), "line 1 is no question (it has no 'id')"),
        (QUERIES, ("--corpus", "nowhere"), "nowhere is no file"),
        (QUERIES, ("--corpus", "c", "--world", "atlas"), "two places to search"),
        ([{"question": "Who?", "answer": "a"}], ("--world", "nowhere"), "nowhere"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows_: list[dict[str, Any]], more: tuple[str, ...], said: str
) -> None:
    model = () if "--solver" in more else ("--model", "openai:x")
    asked = lines(tmp_path / "q.jsonl", rows_)
    assert evaluate.main([str(asked), "--out", str(tmp_path / "e"), *model, *more]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("said", "answer", "exact", "score"),
    [
        ("The Eiffel Tower!", "eiffel tower", True, 1.0),
        ("a tower in Paris", "Paris Tower", False, 0.8),
        ("x x", "x", False, 2 / 3),
        ("the", "a", True, 1.0),
        ("", "a b", False, 0.0),
        ("Marie Curie", "Pierre", False, 0.0),
    ],
)
def test_exact_match_and_f1_are_those_of_squad(said: str, answer: str, exact: bool, score: float) -> None:
    assert (normalised(said) == normalised(answer)) is exact
    assert f1(said, answer) == pytest.approx(score)


def test_the_best_answer_counts_and_none_is_worth_nothing() -> None:
    assert scores("Curie", ["Marie Curie", "curie"]).f1 == 1.0
    assert scores(None, ["x"]).model_dump() == {"right": False, "exact": False, "f1": 0.0}


def test_tries_at_one_question_are_one_case_and_levels_are_told_apart() -> None:
    def made(task: str, answer: str) -> Trajectory:
        turns = (Turn(searches=(Search(query="q", pages=("g",)),)), Turn(answer=answer))
        return Trajectory(
            id="i", task=task, question="?", sample=0, seed=0, solver=Player(solver="scripted"), world={}, k=5,
            turns=turns, outcome="answered", usage={"input_tokens": 5, "output_tokens": 2, "cost_usd": 0.5},
        )  # fmt: skip

    tries = [tried(made("a", answer), ["Oslo"], 2, ["g", "h"]) for answer in ("Oslo", "Oslo", "Rome", "Rome")]
    tries += [tried(made("b", "Oslo"), ["Oslo"], 3)]
    found = evaluated(tries)
    assert (found.accuracy.value, found.accuracy.n) == (0.75, 2)
    assert (found.tokens, found.cost_usd) == (35, 2.5)
    assert (found.recall.value, found.recall.n) == (0.5, 1)
    unpriced = [each.model_copy(update={"cost_usd": 0.0}) for each in tries]
    assert evaluated(unpriced).cost_usd is None, "what is not known is not free"
    assert {n: e.accuracy.value for n, e in by_levels(tries).items()} == {2: 0.5, 3: 1.0}


def test_what_goes_into_the_file_is_a_trajectory_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = lines(tmp_path / "q.jsonl", QUERIES)
    seen = []
    with ChatServer(speaking(lambda question, turn: TURNS[question][min(turn, 1)])) as server:
        figures(capsys, str(asked), "--out", str(tmp_path / "e"), *by_model(server))
        seen = [question_of(each) for each in server.seen]
    assert {row["question"] for row in rows(tmp_path / "e")} == set(seen) == {q["query"] for q in QUERIES}
    assert all(row["world"]["name"] == "q" for row in rows(tmp_path / "e"))
